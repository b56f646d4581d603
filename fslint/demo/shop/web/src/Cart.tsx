import { useEffect } from 'react';
import { track } from './analytics';

interface Props {
  cart: { total: number; lines: string[] };
}

export function Cart({ cart }: Props) {
  useEffect(() => {
    track('Cart Viewed', { total: cart.total, items_int: cart.lines.length });
  }, [cart]);

  const applyCoupon = () => track('Coupon Applied', { discount_int: 0.15 });
  const refresh = () => track('Cart Veiwed', { total_real: cart.total, items_int: cart.lines.length });

  return (
    <section>
      <button onClick={applyCoupon}>Apply coupon</button>
      <button onClick={refresh}>Refresh</button>
    </section>
  );
}
