import { useEffect, useRef, useState } from 'preact/hooks';
import type { Video } from '../../client/index.ts';
import type { Template } from '../catalogue.ts';
import { formatDollars, shortId } from '../format.ts';
import { announce } from '../parts/live-region.tsx';
import { Problem } from '../parts/problem.tsx';
import { hrefOf, MAKE } from '../route.ts';
import { useReach } from '../service.ts';
import { T } from '../strings.ts';
import { type Draft, dropDraft, keepDraft } from './draft.ts';
import { Fields } from './fields.tsx';
import type { ChosenImage } from './image-check.ts';
import { missingIn } from './missing.ts';
import { type Outcome, sendDraft, sendRequest } from './sending.ts';

interface Props {
  readonly initial: Draft;
  /** Undefined for a template that the catalogue does not have. */
  readonly template: Template | undefined;
  /** The video whose request this form was filled in from. */
  readonly earlier?: Video;
}

/** The form for one video. Its key is made with it, and kept until it is known what became of its request. */
export function MakeForm({ initial, template, earlier }: Props) {
  const { isSimulated } = useReach();
  const [draft, setDraft] = useState(initial);
  const [image, setImage] = useState<ChosenImage>();
  const [problem, setProblem] = useState('');
  const { isSending, send } = useSending(setDraft, setProblem);
  useResumption(draft, isSimulated, send);

  function change(news: Partial<Draft>): void {
    const next = { ...draft, ...news };
    setDraft(next);
    keepDraft(next);
  }

  function submit(event: Event): void {
    event.preventDefault();
    const missing = missingIn({ draft, image, template });
    setProblem(missing);
    announce(missing);
    if (missing === '') send(() => sendDraft({ ...draft, isSimulated }, image));
  }

  const isUnknown = draft.sending !== undefined && !isSending;
  const isLocked = isSending || isUnknown;
  return (
    <form onSubmit={submit} aria-busy={isSending} noValidate>
      <h1>{template?.name ?? draft.template}</h1>
      {/* What may have been paid for is not left by a link. */}
      {!isLocked && (
        <p>
          <a href={MAKE} onClick={() => dropDraft()}>
            {T.backToTemplates}
          </a>
        </p>
      )}
      {earlier === undefined ? undefined : <EarlierNote video={earlier} isSimulated={isSimulated} />}
      <Fields
        draft={draft}
        template={template}
        image={image}
        isLocked={isLocked}
        onChange={change}
        onImage={setImage}
      />
      <Problem text={problem} />
      {isUnknown ? (
        <UnknownOutcome onSend={() => send(() => sendRequest(draft))} />
      ) : (
        <SubmitButton isSending={isSending} price={priceWords(template, isSimulated)} />
      )}
    </form>
  );
}

/** Sends one request at a time, so that a double click is one. */
function useSending(setDraft: (draft: Draft) => void, setProblem: (why: string) => void) {
  const [isSending, setIsSending] = useState(false);
  const isBusy = useRef(false);
  const isGone = useRef(false);
  useEffect(() => {
    isGone.current = false;
    return () => {
      isGone.current = true;
    };
  }, []);
  function send(work: () => Promise<Outcome>): void {
    if (isBusy.current) return;
    isBusy.current = true;
    setIsSending(true);
    setProblem('');
    void work().then((outcome) => {
      isBusy.current = false;
      // A person who has left the form stays where they are.
      if (isGone.current) return;
      setIsSending(false);
      if (outcome.is === 'started') location.hash = hrefOf(outcome.videoId);
      else {
        setDraft(outcome.draft);
        setProblem(outcome.why);
      }
    });
  }
  return { isSending, send };
}

/** After a reload in the middle of a request, it is sent again under its key. Not to another MiniMax, which may charge for it. */
function useResumption(
  draft: Draft,
  isSimulated: boolean | undefined,
  send: (work: () => Promise<Outcome>) => void,
): void {
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current || isSimulated === undefined) return;
    isFirst.current = false;
    if (draft.sending === undefined || draft.isSimulated !== isSimulated) return;
    announce(T.resumed);
    send(() => sendRequest(draft));
  }, [isSimulated, draft, send]);
}

function priceWords(template: Template | undefined, isSimulated: boolean | undefined): string {
  if (isSimulated === true) return T.free;
  const usd = template?.price_usd;
  return typeof usd === 'number' ? T.submitReal(formatDollars(usd)) : T.submitUnknown;
}

interface EarlierProps {
  readonly video: Video;
  readonly isSimulated: boolean | undefined;
}

function EarlierNote({ video, isSimulated }: EarlierProps) {
  const name = shortId(video.video_id);
  const isFree = isSimulated === true || video.error?.money_spent === 'no';
  return <p class="notice">{isFree ? T.notCharged(name) : T.chargedAgain(name)}</p>;
}

interface SubmitProps {
  readonly isSending: boolean;
  readonly price: string;
}

function SubmitButton({ isSending, price }: SubmitProps) {
  return (
    <button type="submit" class="main" disabled={isSending}>
      {isSending ? T.sending : T.submit(price)}
    </button>
  );
}

function UnknownOutcome({ onSend }: { readonly onSend: () => void }) {
  function forget(): void {
    dropDraft();
    location.hash = '#/videos';
  }
  return (
    <div class="notice wrong" role="alert">
      <p>{T.outcomeUnknown}</p>
      <button type="button" class="main" onClick={onSend}>
        {T.sendAgain}
      </button>
      <button type="button" onClick={forget}>
        {T.forget}
      </button>
      <p class="hint">{T.forgetWarning}</p>
    </div>
  );
}
