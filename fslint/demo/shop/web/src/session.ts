import { FullStory } from '@fullstory/browser';

export interface User {
  id: string;
  name: string;
  plan: string;
}

export function signedIn(user: User): void {
  FullStory.identify(`user_${user.id}`, { displayName: user.name, plan_str: user.plan });
}

export function resumed(user?: User): void {
  FullStory.identify(`user_${user?.id}`, { resumed_bool: true });
}
