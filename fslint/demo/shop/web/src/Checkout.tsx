import { PURCHASE, track } from './analytics';

interface Props {
  total: number;
  card: { number: string };
  pay: () => Promise<void>;
}

export function Checkout({ total, card, pay }: Props) {
  async function submit() {
    track('Checkout Button Clicked', { total_real: total, card_number_str: card.number });
    await pay();
    track(PURCHASE, { amount_real: total, currency_str: 'EUR' });
  }
  return <button onClick={submit}>Pay {total}</button>;
}
