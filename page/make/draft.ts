import type { NewVideo } from '../../client/index.ts';

/** What a form holds. It outlives a reload of its tab, and no more. */
export interface Draft {
  readonly template: string;
  /** The video whose request this one is made from. */
  readonly from?: string | undefined;
  readonly text: string;
  readonly note: string;
  /** The value of an image that was sent to the service before. */
  readonly image?: string | undefined;
  /** The idempotency key. A request that may have been received keeps it, so that it is never paid for twice. */
  readonly key: string;
  /** The request that was sent, until its answer is known. */
  readonly sending?: NewVideo | undefined;
  /** Whether it was sent to a simulated MiniMax. */
  readonly isSimulated?: boolean | undefined;
}

const NAME = 'draft';

export function newKey(): string {
  return crypto.randomUUID();
}

export function newDraft(template: string, from?: string): Draft {
  return { template, from, text: '', note: '', key: newKey() };
}

/** The draft of this tab. @returns undefined for none, and for one of another form */
export function readDraft(template?: string, from?: string): Draft | undefined {
  const draft = parsed(sessionStorage.getItem(NAME));
  if (draft === undefined || (template === undefined && from === undefined)) return draft;
  const isSame = draft.from === from && (template === undefined || draft.template === template);
  return isSame ? draft : undefined;
}

export function keepDraft(draft: Draft): void {
  sessionStorage.setItem(NAME, JSON.stringify(draft));
}

export function dropDraft(): void {
  sessionStorage.removeItem(NAME);
}

function parsed(text: string | null): Draft | undefined {
  try {
    const draft = JSON.parse(text ?? 'null');
    return typeof draft?.key === 'string' && typeof draft.template === 'string' ? draft : undefined;
  } catch {
    return undefined;
  }
}

/** What this tab has sent, by the ids of the videos, so that it can be sent again under its key. */
export interface Sent {
  readonly key: string;
  readonly request: NewVideo;
  /** What the service could not check. */
  readonly warnings?: readonly string[] | undefined;
}

const MAX_SENT = 50;
const SENT = 'sent';

export function rememberSent(videoId: string, sent: Sent): void {
  const entries = Object.entries({ ...readSent(), [videoId]: sent }).slice(-MAX_SENT);
  sessionStorage.setItem(SENT, JSON.stringify(Object.fromEntries(entries)));
}

export function sentFor(videoId: string): Sent | undefined {
  const all = readSent();
  return Object.hasOwn(all, videoId) ? all[videoId] : undefined;
}

function readSent(): Readonly<Record<string, Sent>> {
  try {
    return JSON.parse(sessionStorage.getItem(SENT) ?? '{}');
  } catch {
    return {};
  }
}
