import { useEffect, useState } from 'preact/hooks';

let show: (text: string) => void = () => undefined;

/** Tells a screen reader of progress. An equal text is not told again. */
export function announce(text: string): void {
  show(text);
}

export function LiveRegion() {
  const [text, setText] = useState('');
  useEffect(() => {
    show = setText;
    return () => {
      show = () => undefined;
    };
  }, []);
  return (
    <p class="heard" aria-live="polite">
      {text}
    </p>
  );
}
