import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { ListRules } from '../../core/table/entry.ts';
import { requireOwner } from '../lambda/owner.ts';

/** Whose videos a caller sees in a list: its own, or null for those of everyone. */
export function scopeOf(
  event: APIGatewayProxyEvent,
  { visibility }: Pick<ListRules, 'visibility'>,
): string | null {
  return visibility === 'everyone' ? null : requireOwner(event);
}
