import type { Template } from '../catalogue.ts';

/** Does the sample picture, which shows a pet, fit a template? */
export function hasSample({ media_inputs: { max_items, description = '' } }: Template): boolean {
  return max_items > 0 && /\bpet\b/.test(description);
}
