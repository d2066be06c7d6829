import { useState } from 'preact/hooks';
import { T } from '../strings.ts';
import { announce } from './live-region.tsx';

interface Props {
  readonly text: string;
  readonly label: string;
}

/** Copies a text. Where the browser does not allow it, the text is shown. */
export function CopyButton({ text, label }: Props) {
  const [state, setState] = useState<'copied' | 'failed'>();
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      setState('copied');
      announce(T.copied);
    } catch {
      setState('failed');
    }
  }
  return (
    <>
      <button type="button" onClick={copy}>
        {state === 'copied' ? `${label} ✓` : label}
      </button>
      {state === 'failed' && (
        <label class="wide">
          {T.copyFailed}
          <input readOnly value={text} onFocus={(event) => event.currentTarget.select()} />
        </label>
      )}
    </>
  );
}
