import { FullStory, init } from '@fullstory/browser';

init({ orgId: 'o-19QX7M-na1' });

export const PURCHASE = 'Purchase Completed';

export function track(name: string, properties: Record<string, unknown> = {}): void {
  FullStory.event(name, properties);
}
