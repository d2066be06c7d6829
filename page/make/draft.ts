import type { NewVideo } from '../../client/index.ts';

/** What a form holds before it is sent. It outlives a reload of its tab. */
export interface Draft {
  readonly template: string;
  /** The video whose request this one is made from. */
  readonly from?: string | undefined;
  readonly text: string;
  readonly note: string;
  /** The value of an image that was sent to the service before. */
  readonly image?: string | undefined;
  /** The idempotency key: made with the form, and sent with its request. */
  readonly key: string;
}

const NAME = 'draft';

export function newKey(): string {
  return crypto.randomUUID();
}

export function newDraft(template: string, from?: string): Draft {
  return { template, from, text: '', note: '', key: newKey() };
}

/** The draft of this tab, if it is for this template, and from this video. */
export function readDraft(template?: string, from?: string): Draft | undefined {
  const draft = parsed<Draft>(sessionStorage.getItem(NAME));
  const isSame = draft?.from === from && (template === undefined || draft?.template === template);
  return isDraft(draft) && isSame ? draft : undefined;
}

/** A draft with all of its texts. */
export function isDraft(draft: Partial<Draft> | undefined): draft is Draft {
  const { key, template, text, note } = draft ?? {};
  return [key, template, text, note].every((each) => typeof each === 'string');
}

/** A draft that cannot be kept is only lost by a reload. */
export function keepDraft(draft: Draft): void {
  trying(() => sessionStorage.setItem(NAME, JSON.stringify(draft)));
}

export function dropDraft(): void {
  sessionStorage.removeItem(NAME);
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
  trying(() => sessionStorage.setItem(SENT, JSON.stringify(Object.fromEntries(entries))));
}

export function sentFor(videoId: string): Sent | undefined {
  const sent = readSent();
  return Object.hasOwn(sent, videoId) ? sent[videoId] : undefined;
}

function readSent(): Readonly<Record<string, Sent>> {
  return parsed(sessionStorage.getItem(SENT)) ?? {};
}

/** @returns undefined for a text that is no JSON */
export function parsed<T>(text: string | null): T | undefined {
  try {
    return JSON.parse(text ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}

/** The storage of a browser may be full, or turned off. */
function trying(write: () => void): void {
  try {
    write();
  } catch (error) {
    console.warn(error);
  }
}
