import { fieldsOf } from '../../lambdas/core/json/fields.ts';
import { templateOf, useCatalogue } from '../catalogue.ts';
import { client, messageOf, useReach } from '../connection.ts';
import { useLoaded } from '../parts/hooks.ts';
import { Problem } from '../parts/problem.tsx';
import { T } from '../strings.ts';
import { CatalogueView } from './catalogue-view.tsx';
import { type Draft, newDraft, readDraft } from './draft.ts';
import { type Earlier, MakeForm } from './make-form.tsx';
import { isBeingSent, type Pending, pendingRequests } from './pending.ts';

interface Props {
  readonly template: string | undefined;
  /** The video whose request the new one is made from. */
  readonly from: string | undefined;
}

/** A request whose answer is not known comes first, so that it is not forgotten. What is shown is decided once for each address. */
export function MakeView({ template, from }: Props) {
  const { catalogue, error } = useCatalogue();
  const { isSimulated } = useReach();
  const place = `${isSimulated !== undefined} ${template} ${from}`;
  const { value: pending, error: storageError } = useLoaded(place, () => firstPending(isSimulated));
  if (pending !== undefined && pending !== 'none')
    return <FormFor key={pending.draft.key} draft={pending.draft} pending={pending} />;
  if (storageError !== undefined)
    return <Failed error={new Error(`${T.notKept} ${messageOf(storageError)}`)} />;
  if (error !== undefined) return <Failed error={error} />;
  if (catalogue === undefined || pending === undefined) return <p>{T.loading}</p>;
  if (from !== undefined) return <FromEarlier key={from} from={from} />;
  if (template === undefined) return <CatalogueView catalogue={catalogue} />;
  return <FormFor key={template} draft={readDraft(template) ?? newDraft(template)} />;
}

async function firstPending(isSimulated: boolean | undefined): Promise<Pending | 'none'> {
  if (isSimulated === undefined) return 'none';
  for (const pending of pendingRequests(isSimulated)) if (!(await isBeingSent(pending))) return pending;
  return 'none';
}

interface FormForProps {
  readonly draft: Draft;
  readonly pending?: Pending;
  readonly earlier?: Earlier;
}

function FormFor({ draft, ...others }: FormForProps) {
  const { catalogue } = useCatalogue();
  return <MakeForm initial={draft} template={templateOf(draft.template, catalogue)} {...others} />;
}

/** A form that is filled in from an earlier video. */
function FromEarlier({ from }: { readonly from: string }) {
  const { value, error } = useLoaded(from, (signal) => loadEarlier(from, signal));
  if (error !== undefined) return <Failed error={error} />;
  if (value === undefined) return <p>{T.loading}</p>;
  const { draft, ...earlier } = value;
  return <FormFor draft={readDraft(undefined, from) ?? draft} earlier={earlier} />;
}

async function loadEarlier(from: string, signal: AbortSignal): Promise<Earlier & { readonly draft: Draft }> {
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
  return { video, draft, isRequestKnown: value !== undefined };
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
  return (
    <>
      <h1>{T.make}</h1>
      <Problem text={messageOf(error)} />
    </>
  );
}
