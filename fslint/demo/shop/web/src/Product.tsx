import { useEffect } from 'react';
import { track } from './analytics';

export function Product({ product }: { product: { sku: string; title: string } }) {
  useEffect(() => {
    track('Product Viewed', { sku_str: product.sku });
    track(`Viewed ${product.title}`);
  }, [product]);
  return <h1>{product.title}</h1>;
}
