import { T } from '../strings.ts';

const SIGNS: Readonly<Record<string, string>> = {
  succeeded: '✔',
  failed: '✘',
  timed_out: '✘',
  cancelled: '■',
};

/** A status as a sign and a word: never as a colour alone. */
export function StatusMark({ status }: { readonly status: string }) {
  const sign = SIGNS[status];
  return (
    <span class={`status ${sign === undefined ? 'active' : status}`}>
      <span aria-hidden="true" class={sign === undefined ? 'pulse' : undefined}>
        {sign ?? '●'}
      </span>{' '}
      {T.statuses[status] ?? status}
    </span>
  );
}
