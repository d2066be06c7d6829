import { costOf, type Template } from '../catalogue.ts';
import { useReach } from '../connection.ts';
import { T } from '../strings.ts';

interface Props {
  readonly isSending: boolean;
  readonly template: Template | undefined;
}

/** It says what a click costs. */
export function SubmitButton({ isSending, template }: Props) {
  const { isSimulated } = useReach();
  return (
    <button type="submit" class="main" disabled={isSending}>
      {isSending ? T.sending : T.submit(costOf(template?.price_usd, isSimulated))}
    </button>
  );
}
