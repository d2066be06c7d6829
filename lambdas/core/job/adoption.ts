import { howToAdopt } from '../failure.ts';
import { DEFAULT_KIND, type KindName } from '../minimax/request-kind.ts';

/** The fields of a request that adopts a task. The default kind goes without saying. */
export interface Adoption {
  readonly task_id: string;
  readonly kind?: KindName;
}

export function toAdoption({ task_id, kind }: Adoption): Adoption {
  return kind === undefined || kind === DEFAULT_KIND ? { task_id } : { task_id, kind };
}

/** One sentence for a person. */
export function howToAdoptTask(task: Adoption): string {
  const { task_id, kind } = toAdoption(task);
  return howToAdopt(task_id, kind);
}
