import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { flagsOf } from '../cli/script-flags.ts';
import { type Catalogue, GLOBAL_HOST, READ_ON, toCatalogue } from '../lambdas/core/minimax/templates.ts';

/** `npm run templates-page`: writes docs/templates.md from the catalogue. */
const MAINLAND_HOST = 'https://api.minimax.cn';

type Template = Catalogue['templates'][number];

/** The whole page. */
export function toPage(): string {
  const ofGlobal = toCatalogue(GLOBAL_HOST).templates;
  const ofMainland = toCatalogue(MAINLAND_HOST).templates;
  return `# Templates

<!-- Made by \`npm run templates-page\` from lambdas/core/minimax/templates.ts. Do not edit. -->

**For people who choose a template: what each one needs, what it costs, and a body to paste.**

The names, the needs and the prices are those of MiniMax's pages on ${READ_ON}. They may have changed since. MiniMax
charges the price for each finished video. This project has no pictures of the templates: it never called MiniMax.

- A body goes to \`POST /videos\` as it is: [api.md](api.md#a-video-in-five-calls). The image in it is that of MiniMax's
  own example. Replace it by a public URL of yours, or by the \`value\` of \`POST /uploads\`.
- The command takes the id or the name, and your own image. Without \`--dry-run\` it names the price and asks.
- Not in this list? MiniMax adds templates without notice. An unknown id is accepted, with a warning that its inputs
  were not checked.

## Templates of ${hostNameOf(GLOBAL_HOST)}

${toOverview(ofGlobal, '')}

${ofGlobal.map((template) => toSection(template, '')).join('\n\n')}

## Templates of ${hostNameOf(MAINLAND_HOST)}

For keys of mainland China. Their prices are not known. Set \`minimaxHost\` in a stack, and \`MINIMAX_API_HOST\` on this
machine.

${toOverview(ofMainland, MAINLAND_SUFFIX)}

${ofMainland.map((template) => toSection(template, MAINLAND_SUFFIX)).join('\n\n')}
`;
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
  return [
    `### ${name}${suffix}`,
    ...(isUncertain
      ? ["MiniMax's pages contradict each other about what it needs, so neither input is required."]
      : []),
    `Id \`${template_id}\`, price ${toPrice(template)}.`,
    ...(suffix === '' ? [`\`\`\`sh\n${toCommand(template)}\n\`\`\``] : []),
    `\`\`\`json\n${JSON.stringify(example, null, 2)}\n\`\`\``,
  ].join('\n\n');
}

/** A command that shows the request and its price, and sends nothing. */
function toCommand({ name, media_inputs, text_inputs, example }: Template): string {
  const media = media_inputs.min_items > 0 ? ' --media photo.jpg' : '';
  const [text] = text_inputs.min_items > 0 ? (example.text_inputs ?? []) : [];
  return `template-video make --template "${name}"${media}${text === undefined ? '' : ` --text "${text.value}"`} --dry-run`;
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
