import { UsageError } from '../../local/user-error.ts';
import type { WhereValues } from '../service/where.ts';
import type { RequestValues } from './order.ts';

/** What becomes of the video. */
export interface OutValues {
  /** The MP4 file, or the folder to put it into. */
  readonly out: string;
  readonly open: boolean;
  readonly json: boolean;
}

/** The flags of `make`, as given. */
export interface MakeValues extends RequestValues, WhereValues, OutValues {
  /** A video that exists already: nothing is POSTed. */
  readonly video?: string | undefined;
  readonly here: boolean;
  readonly 'idempotency-key'?: string | undefined;
  readonly 'dry-run': boolean;
  readonly yes: boolean;
}

/** A flag that another one makes useless is an error. @throws UsageError */
export function rejectContradictions(values: MakeValues): void {
  const { template, media, text, task, here, video, 'idempotency-key': idempotencyKey } = values;
  const isNew = [template, media, text, task, idempotencyKey].some((flag) => flag !== undefined);
  if (video !== undefined && (isNew || values['dry-run']))
    throw new UsageError(
      '--video waits for a video that exists, so flags of a new video cannot be used with it.',
    );
  const elsewhere = ['stack', 'url', 'key', 'video', 'idempotency-key'] as const;
  const other = values.local ? 'local' : elsewhere.find((flag) => values[flag] !== undefined);
  if (here && other !== undefined)
    throw new UsageError(`--here runs a service of its own, so --${other} cannot be used with it.`);
  if (idempotencyKey !== undefined && !/^[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?$/.test(idempotencyKey))
    throw new UsageError(
      '--idempotency-key takes 1 to 255 printable ASCII characters, without spaces around them.',
    );
}
