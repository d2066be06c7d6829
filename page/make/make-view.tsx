import type { Video } from '../../client/index.ts';
import { fieldsOf } from '../../lambdas/core/json/fields.ts';
import { templateOf, useCatalogue } from '../catalogue.ts';
import { useLoaded } from '../parts/hooks.ts';
import { Problem } from '../parts/problem.tsx';
import { client, messageOf } from '../service.ts';
import { T } from '../strings.ts';
import { CatalogueView } from './catalogue-view.tsx';
import { type Draft, newDraft, readDraft } from './draft.ts';
import { MakeForm } from './make-form.tsx';

interface Props {
  readonly template: string | undefined;
  /** The video whose request the new one is made from. */
  readonly from: string | undefined;
}

export function MakeView({ template, from }: Props) {
  const { catalogue, error } = useCatalogue();
  if (error !== undefined) return <Failed error={error} />;
  if (catalogue === undefined) return <p>{T.loading}</p>;
  // A request whose answer is not known comes first, so that it is not forgotten.
  const kept = readDraft();
  const unknown = kept?.sending === undefined ? undefined : kept;
  if (unknown === undefined && from !== undefined) return <FromEarlier from={from} />;
  const draft = unknown ?? draftFor(template);
  if (draft === undefined) return <CatalogueView catalogue={catalogue} />;
  return <MakeForm key={draft.template} initial={draft} template={templateOf(draft.template, catalogue)} />;
}

function draftFor(template: string | undefined): Draft | undefined {
  return template === undefined ? undefined : (readDraft(template) ?? newDraft(template));
}

/** A form that is filled in from an earlier video. */
function FromEarlier({ from }: { readonly from: string }) {
  const { catalogue } = useCatalogue();
  const { value, error } = useLoaded(from, (signal) => loadEarlier(from, signal));
  if (error !== undefined) return <Failed error={error} />;
  if (value === undefined) return <p>{T.loading}</p>;
  const draft = readDraft(undefined, from) ?? value.draft;
  const { template } = draft;
  return (
    <MakeForm key={from} initial={draft} template={templateOf(template, catalogue)} earlier={value.video} />
  );
}

async function loadEarlier(from: string, signal: AbortSignal): Promise<{ video: Video; draft: Draft }> {
  const video = await client.get(from, { signal });
  const pages = client.history(from, { limit: 1, signal }).pages();
  // Without its history, a video still says which template it is of.
  const { value } = await pages[Symbol.asyncIterator]()
    .next()
    .catch(() => ({ value: undefined }));
  const request = fieldsOf(value?.request);
  const draft: Draft = {
    ...newDraft(video.template_id ?? '', from),
    text: firstValue(request.text_inputs),
    note: textOf(fieldsOf(request.metadata).note),
    image: usableImage(firstValue(request.media_inputs)),
  };
  return { video, draft };
}

/** A link that has lost its credentials leads nowhere, and an inline image is not kept. */
function usableImage(value: string): string | undefined {
  return /^(?:s3|https?):\/\/\S+$/.test(value) ? value : undefined;
}

function firstValue(inputs: unknown): string {
  return Array.isArray(inputs) ? textOf(fieldsOf(inputs[0]).value) : '';
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function Failed({ error }: { readonly error: unknown }) {
  return <Problem text={messageOf(error)} />;
}
