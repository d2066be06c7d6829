import { useEffect, useState } from 'preact/hooks';
import type { Template } from '../catalogue.ts';
import { useReach } from '../connection.ts';
import { announce } from '../parts/live-region.tsx';
import { Problem } from '../parts/problem.tsx';
import { MAKE } from '../route.ts';
import { T } from '../strings.ts';
import { type Draft, dropDraft, keepDraft } from './draft.ts';
import { type Earlier, EarlierNote } from './earlier-note.tsx';
import { Fields } from './fields.tsx';
import type { ChosenImage } from './image-check.ts';
import { missingIn } from './missing.ts';
import { isMine, type Pending } from './pending.ts';
import { sendAgain, sendDraft } from './sending.ts';
import { SubmitButton } from './submit-button.tsx';
import { UnknownOutcome } from './unknown-outcome.tsx';
import { useSending } from './use-sending.ts';

export type { Earlier } from './earlier-note.tsx';

interface Props {
  readonly initial: Draft;
  /** The request of this form, if it was sent before and its answer is not known. */
  readonly pending?: Pending | undefined;
  /** Undefined for a template that the catalogue does not have. */
  readonly template: Template | undefined;
  /** The video whose request this form was filled in from. */
  readonly earlier?: Earlier | undefined;
}

/** The form for one video. Its key is made with it, and kept until it is known what became of its request. */
export function MakeForm({ initial, pending: earlierRequest, template, earlier }: Props) {
  const { isSimulated } = useReach();
  const [draft, setDraft] = useState(initial);
  const [image, setImage] = useState<ChosenImage>();
  const { state, send, fail } = useSending(earlierRequest, setDraft);
  const { isSending, pending, problem } = state;
  // After a reload in the middle of its request, this tab sends it again.
  useEffect(() => {
    if (earlierRequest === undefined || !isMine(earlierRequest)) return;
    announce(T.resumed);
    send(() => sendAgain(earlierRequest));
  }, []);

  function change(news: Partial<Draft>): void {
    const next = { ...draft, ...news };
    setDraft(next);
    keepDraft(next);
    fail('');
  }

  function submit(event: Event): void {
    event.preventDefault();
    const missing = missingIn({ draft, image, template });
    if (missing !== '') fail(missing);
    else send((signal) => sendDraft(draft, { image, isSimulated, signal }));
  }

  return (
    <form onSubmit={submit} aria-busy={isSending} noValidate>
      <h1>{template?.name ?? draft.template}</h1>
      {pending === undefined && <BackLink />}
      {earlier === undefined ? undefined : <EarlierNote {...earlier} />}
      <Fields
        draft={draft}
        template={template}
        image={image}
        isLocked={isSending || pending !== undefined}
        onChange={change}
        onImage={(chosen) => {
          setImage(chosen);
          fail('');
        }}
      />
      <Problem text={problem} />
      {pending === undefined || isSending ? (
        <SubmitButton isSending={isSending} template={template} />
      ) : (
        <UnknownOutcome pending={pending} onSend={() => send(() => sendAgain(pending))} />
      )}
    </form>
  );
}

function BackLink() {
  return (
    <p>
      <a href={MAKE} onClick={() => dropDraft()}>
        {T.backToTemplates}
      </a>
    </p>
  );
}
