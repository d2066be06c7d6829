import * as z from 'zod/mini';
import type { ValidationIssue } from '../json/pointer.ts';
import { findTemplate } from './find-template.ts';
import { type TemplateRequest, templateRequestSchema } from './template-request.ts';

const needSchema = z.object({
  min_items: z.number(),
  max_items: z.number(),
  description: z.optional(z.string()),
});

const templateSchema = z.object({
  template_id: z.string(),
  name: z.string(),
  media_inputs: needSchema,
  text_inputs: needSchema,
  price_usd: z
    .nullable(z.number())
    .check(z.describe("US dollars for one video, as read from MiniMax's page. null where unknown.")),
  example: templateRequestSchema.check(z.describe('A body for POST /videos.')),
});

/** The answer to `GET /templates`. */
export const catalogueSchema = z.object({
  host: z.string(),
  read_on: z.iso.date().check(z.describe("The day on which it was read from MiniMax's pages.")),
  templates: z.array(templateSchema),
});

type Template = Readonly<z.infer<typeof templateSchema>>;
export type Catalogue = Readonly<z.infer<typeof catalogueSchema>>;

export const GLOBAL_HOST = 'https://api.minimax.io';
/** Since September 2026. */
export const MAINLAND_HOST = 'https://api.minimax.cn';
/** The second is the older name, which still works. */
const MAINLAND_HOSTS: readonly string[] = [MAINLAND_HOST, 'https://api.minimaxi.com'];
/** The day on which these templates and prices were read. */
export const READ_ON = '2026-11-22';

/** The image of MiniMax's own guide. */
export const EXAMPLE_IMAGE =
  'https://cdn.hailuoai.com/prod/2024-09-18-16/user/multi_chat_file/9c0b5c14-ee88-4a5b-b503-4f626f018639.jpeg';

interface Row {
  readonly id: string;
  readonly name: string;
  readonly media?: string;
  readonly text?: { readonly is: string; readonly example: string };
  /** MiniMax's pages contradict each other about what it needs. */
  readonly isUncertain?: true;
  readonly usd?: number;
}

const BEAST = { is: 'a kind of wild beast', example: 'Lion' };
const SCENE = { is: 'the scene to play in', example: 'A samurai in the rain' };

const GLOBAL: readonly Row[] = [
  { id: '392747428568649728', name: 'Diving', media: 'a photo', usd: 0.4 },
  { id: '393769180141805569', name: 'Run for Life', media: 'a photo of a pet', text: BEAST, usd: 0.45 },
  { id: '397087679467597833', name: 'Transformers', media: 'a photo of a car', usd: 0.45 },
  { id: '393881433990066176', name: 'Still rings routine', media: 'a photo', usd: 0.45 },
  { id: '393498001241890824', name: 'Weightlifting', media: 'a photo of a pet', usd: 0.45 },
  { id: '393488336655310850', name: 'Climbing', media: 'a photo', usd: 0.4 },
  { id: '394514820878671878', name: 'Anime Life Sim', text: SCENE, usd: 1.5 },
  { id: '393879757702918151', name: "McDonald's Delivery Pet", media: 'a photo of a pet', usd: 1.1 },
  { id: '397017167949312007', name: 'Pet Pilot', media: 'a photo of a pet', usd: 2 },
  { id: '394176968202485769', name: 'Miniature Set Ad', media: 'a photo of a product', usd: 1.4 },
  { id: '393876118804459526', name: 'Male Model Try-On Ad', media: 'an image of clothing', usd: 1 },
  { id: '393866076583718914', name: 'Female Model Try-On Ad', media: 'an image of clothing', usd: 1 },
  {
    id: '394875727173492739',
    name: 'Art Fonts',
    text: { is: 'an English word and a material', example: 'Lion, gold' },
    usd: 0.35,
  },
  { id: '394220989629177861', name: 'Drinkfall', media: 'a photo of a beverage', usd: 0.7 },
  {
    id: '393853165953970178',
    name: 'E-commerce Display Ad',
    media: 'an image',
    text: { is: 'a text', example: 'A watch on a marble table' },
    isUncertain: true,
    usd: 0.86,
  },
  {
    id: '401431836934868999',
    name: '3D character product presentation',
    media: 'an image of a product',
    text: { is: 'what is wanted', example: 'A friendly robot presents the watch' },
    usd: 1.08,
  },
];

const MAINLAND: readonly Row[] = [
  { id: '392753057216684038', name: 'Diving', media: 'a photo' },
  { id: '393881433990066176', name: 'Rings', media: 'a photo' },
  { id: '393769180141805569', name: 'Run for Life', media: 'a photo of a pet', text: BEAST },
  { id: '394246956137422856', name: 'Everything labubu', media: 'a photo' },
  { id: '393879757702918151', name: 'Delivery pet', media: 'a photo of a pet' },
  { id: '393766210733957121', name: 'Tibetan portrait', media: 'a photo' },
  { id: '394125185182695432', name: 'Life is pain', text: SCENE },
  { id: '393857704283172864', name: 'Winter portrait', media: 'a photo' },
  { id: '398574688191234048', name: 'Four seasons portrait', media: 'a photo' },
  { id: '393866076583718914', name: 'Female try-on', media: 'an image of clothing' },
  { id: '393876118804459526', name: 'Male try-on', media: 'an image of clothing' },
];

/** The templates that are known of a MiniMax host. An unknown host has those of the global one. */
export function toCatalogue(host: string): Catalogue {
  const isMainland = MAINLAND_HOSTS.includes(host);
  return {
    host: isMainland ? host : GLOBAL_HOST,
    read_on: READ_ON,
    templates: (isMainland ? MAINLAND : GLOBAL).map(toTemplate),
  };
}

/** Why a request does not fit its template, by the catalogue. MiniMax might charge for such a request. */
export function templateViolations(
  request: TemplateRequest,
  catalogue: Catalogue,
): readonly ValidationIssue[] {
  const known = findTemplate(request.template_id, catalogue);
  if (known === undefined) return [];
  return (['media_inputs', 'text_inputs'] as const).flatMap((field): readonly ValidationIssue[] => {
    const { min_items, max_items, description } = known[field];
    const given = request[field]?.length ?? 0;
    if (given >= min_items && given <= max_items) return [];
    const noun = field === 'media_inputs' ? 'image' : 'text';
    const wanted = max_items === 0 ? `no ${noun}` : `one ${noun} (${description})`;
    return [
      { pointer: `/${field}`, detail: `must fit the template ${known.name}: ${wanted}; given ${given}` },
    ];
  });
}

/** Warns of a template that the catalogue does not have. It is accepted, because MiniMax adds templates without notice. */
export function templateWarnings(templateId: string | undefined, catalogue: Catalogue): readonly string[] {
  if (templateId === undefined) return [];
  if (findTemplate(templateId, catalogue) !== undefined) return [];
  return [
    `Template ${templateId} is not among those known of ${catalogue.host} on ${catalogue.read_on}, so its inputs were not checked.`,
  ];
}

/** The prices that are known of a template, or of all. @param template undefined for all */
export function knownPrices(host: string, template?: string): readonly number[] {
  const { templates } = toCatalogue(host);
  const asked = templates.filter(({ template_id }) => template === undefined || template_id === template);
  return asked.flatMap(({ price_usd }) => price_usd ?? []);
}

function toTemplate({ id, name, media, text, isUncertain, usd }: Row): Template {
  const need = (description: string | undefined): Template['media_inputs'] =>
    description === undefined
      ? { min_items: 0, max_items: 0 }
      : { min_items: isUncertain ? 0 : 1, max_items: 1, description };
  return {
    template_id: id,
    name,
    media_inputs: need(media),
    text_inputs: need(text?.is),
    price_usd: usd ?? null,
    example: {
      template_id: id,
      media_inputs: media === undefined ? undefined : [{ value: EXAMPLE_IMAGE }],
      text_inputs: text && [{ value: text.example }],
    },
  };
}
