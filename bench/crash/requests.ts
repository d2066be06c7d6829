/** A requested video. Its request is repeated under one key until it is answered. */
export interface AskedVideo {
  readonly key: string;
  /** Sent to MiniMax, so that a create can be matched to its video. */
  readonly text: string;
  readonly phase: string;
  /** Set by the first answer. */
  videoId?: string;
  /** Answers that named another video than the first. */
  readonly otherIds: string[];
  times: number;
}

export interface ShownVideo {
  readonly status: string;
  readonly finished_at?: string;
  readonly error?: { readonly type: string; readonly detail: string; readonly money_spent: string };
  readonly video?: { readonly url: string };
}

/** Sends a request once. A missing answer is expected, because the service is being killed. */
export async function ask(url: string, asked: AskedVideo): Promise<void> {
  asked.times += 1;
  const body = { template_id: '394514820878671878', text_inputs: [{ value: asked.text }] };
  const answer = await fetch(`${url}/videos`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': asked.key },
    body: JSON.stringify(body),
  }).catch(() => undefined);
  const text = await answer?.text().catch(() => undefined);
  if (answer?.status !== 202 || text === undefined) return;
  const { video_id } = JSON.parse(text) as { readonly video_id: string };
  if (asked.videoId !== undefined && asked.videoId !== video_id) asked.otherIds.push(video_id);
  asked.videoId ??= video_id;
}

export async function show(url: string, videoId: string): Promise<ShownVideo> {
  return (await (await fetch(`${url}/videos/${videoId}`)).json()) as ShownVideo;
}
