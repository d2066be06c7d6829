import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { flagsOf } from '../cli/script-flags.ts';
import {
  type Catalogue,
  GLOBAL_HOST,
  MAINLAND_HOST,
  READ_ON,
  toCatalogue,
} from '../lambdas/core/minimax/templates.ts';

type Template = Catalogue['templates'][number];

/** The whole page. */
export function toPage(): string {
  const ofGlobal = toCatalogue(GLOBAL_HOST).templates;
  const ofMainland = toCatalogue(MAINLAND_HOST).templates;
  return `# Templates

<!-- Made by \`npm run templates-page\` from lambdas/core/minimax/templates.ts. Do not edit. -->

**For people who choose a template: what each one needs, what it costs, and a body and a command to paste.**

- [Templates of ${hostNameOf(GLOBAL_HOST)}](#${slugOf(headingOf(GLOBAL_HOST))}): ${ofGlobal.length}, for global keys
- [Templates of ${hostNameOf(MAINLAND_HOST)}](#${slugOf(headingOf(MAINLAND_HOST))}): ${ofMainland.length}, for mainland keys

The names, the needs and the prices are those of MiniMax's pages on ${READ_ON}. They may have changed since. MiniMax
charges the price for each finished video. This project has no pictures of the templates: it never called MiniMax.

- **The body** goes to \`POST /videos\` as it is: [api.md](api.md#a-video-in-five-calls). Its image is that of MiniMax's own example for
  *Run for Life*. Replace it by a public URL of a fitting image, or by the \`value\` of \`POST /uploads\`.
- **The command** takes your own image as \`photo.jpg\`. With \`--dry-run\` it shows the request and the price, and sends
  nothing. Without it, it names the price and asks. In this repository it begins with \`npm run template-video --\`.
- **An image** is a JPEG, PNG or WebP under 20 MB: [images](api.md#images).
- **Not in this list?** MiniMax adds templates without notice. An unknown id is accepted, with a warning that its inputs
  were not checked.

## ${headingOf(GLOBAL_HOST)}

${toOverview(ofGlobal, '')}

${ofGlobal.map((template) => toSection(template, '')).join('\n\n')}

## ${headingOf(MAINLAND_HOST)}

For keys of mainland China. MiniMax's pages name no prices for them. Set \`minimaxHost\` in [a stack](construct.md#settings), and this for the
commands:

\`\`\`sh
export MINIMAX_API_HOST=${MAINLAND_HOST}
\`\`\`

${toOverview(ofMainland, MAINLAND_SUFFIX)}

${ofMainland.map((template) => toSection(template, MAINLAND_SUFFIX)).join('\n\n')}
`;
}

function headingOf(host: string): string {
  return `Templates of ${hostNameOf(host)}`;
}

/** Both hosts have templates of one name, and a heading is to have one place. */
const MAINLAND_SUFFIX = ' (mainland)';

function hostNameOf(host: string): string {
  return new URL(host).hostname;
}

function toOverview(templates: readonly Template[], suffix: string): string {
  const rows = templates.map((template) => {
    const { name, media_inputs, text_inputs } = template;
    const link = `[${name}](#${slugOf(`${name}${suffix}`)})`;
    return `| ${link} | ${toNeed(media_inputs)} | ${toNeed(text_inputs)} | ${toPrice(template)} |`;
  });
  return ['| template | image | text | price |', '|---|---|---|---|', ...rows].join('\n');
}

function toNeed({ min_items, max_items, description = '' }: Template['media_inputs']): string {
  if (max_items === 0) return '–';
  return min_items === 0 ? `perhaps ${description}` : description;
}

function toPrice({ price_usd }: Template): string {
  return price_usd === null ? 'unknown' : `$${price_usd.toFixed(2)}`;
}

function toSection(template: Template, suffix: string): string {
  const { template_id, name, media_inputs, text_inputs, example } = template;
  const isUncertain = [media_inputs, text_inputs].some(({ min_items, max_items }) => min_items < max_items);
  const [text] = example.text_inputs ?? [];
  const facts = [
    `- id \`${template_id}\``,
    `- image: ${media_inputs.max_items === 0 ? 'none' : toNeed(media_inputs)}`,
    `- text: ${text === undefined ? 'none' : `${toNeed(text_inputs)}, as in *${text.value}*`}`,
    `- price: ${toPrice(template)}, read on ${READ_ON}`,
    ...(isUncertain
      ? ["- MiniMax's pages contradict each other about what it needs, so neither input is required"]
      : []),
  ].join('\n');
  return [
    `### ${name}${suffix}`,
    facts,
    `\`\`\`sh\n${toCommand(template)}\n\`\`\``,
    `\`\`\`json\n${toBody(example)}\n\`\`\``,
  ].join('\n\n');
}

/** A command that shows the request and its price, and sends nothing. */
function toCommand({ name, example }: Template): string {
  const media = (example.media_inputs ?? []).map(() => ' --media photo.jpg').join('');
  const text = (example.text_inputs ?? []).map(({ value }) => ` --text "${value}"`).join('');
  return `template-video make --template "${name}"${media}${text} --dry-run`;
}

/** A field a line. */
function toBody({ template_id, media_inputs, text_inputs }: Template['example']): string {
  const fields = Object.entries({ template_id, media_inputs, text_inputs }).flatMap(([field, value]) => {
    if (value === undefined) return [];
    const shown = typeof value === 'string' ? JSON.stringify(value) : toInputs(value);
    return [`  "${field}": ${shown}`];
  });
  return `{\n${fields.join(',\n')}\n}`;
}

function toInputs(inputs: readonly { readonly value: string }[]): string {
  return `[${inputs.map(({ value }) => `{ "value": ${JSON.stringify(value)} }`).join(', ')}]`;
}

/** The anchor of a heading, as GitHub makes it. */
function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');
}

if (import.meta.main) {
  flagsOf({
    name: 'npm run templates-page',
    flags: {},
    summary: 'Writes docs/templates.md from the catalogue.',
  });
  await writeFile(join(import.meta.dirname, 'templates.md'), toPage());
}
