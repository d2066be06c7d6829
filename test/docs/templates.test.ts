import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { parseFlags } from '../../cli/command-line/commander.ts';
import { MAKE } from '../../cli/commands/make.ts';
import { EXAMPLE_FILE } from '../../cli/example.ts';
import { showRequest } from '../../cli/make/dry-run.ts';
import { toPage } from '../../docs/templates.ts';
import { videoRequestSchema } from '../../lambdas/core/api/request.ts';
import {
  GLOBAL_HOST,
  MAINLAND_HOST,
  templateViolations,
  templateWarnings,
  toCatalogue,
} from '../../lambdas/core/minimax/templates.ts';
import { PROJECT } from './markdown.ts';
import { shownTemplates } from './shown-templates.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

test('is made of the catalogue (npm run templates-page writes docs/templates.md)', () => {
  expect(readFileSync(join(PROJECT, 'docs', 'templates.md'), 'utf8')).toBe(toPage());
});

test.each([GLOBAL_HOST, MAINLAND_HOST])(
  'shows each template of %s with its price, and a body that the API accepts without a warning',
  (host) => {
    const catalogue = toCatalogue(host);
    const shown = shownTemplates(host);
    expect(shown.map(({ body, usd }) => [body.template_id, usd])).toEqual(
      catalogue.templates.map(({ template_id, price_usd }) => [template_id, price_usd]),
    );
    for (const { body } of shown) {
      expect(videoRequestSchema.safeParse(body).error?.issues).toBeUndefined();
      expect(templateViolations(body, catalogue)).toEqual([]);
      expect(templateWarnings(body.template_id, catalogue)).toEqual([]);
    }
  },
);

test.each([GLOBAL_HOST, MAINLAND_HOST])(
  'shows a command for each template of %s, which makes such a body at this price',
  async (host) => {
    vi.stubEnv('MINIMAX_API_HOST', host);
    vi.spyOn(console, 'error').mockReturnValue();
    const log = vi.spyOn(console, 'log').mockReturnValue();
    for (const { body, usd, command } of shownTemplates(host)) {
      const [program, name, ...flags] = command.replaceAll('photo.jpg', EXAMPLE_FILE).match(WORDS) ?? [];
      expect([program, name, flags.at(-1)]).toEqual(['template-video', 'make', '--dry-run']);
      const args = flags.map((flag) => flag.replaceAll('"', ''));
      await showRequest({ ...parseFlags(MAKE, args).values, json: true });
      const { body: made, estimated_usd } = JSON.parse(log.mock.lastCall?.[0]);
      expect([made.template_id, estimated_usd]).toEqual([body.template_id, usd]);
      expect(made.text_inputs ?? []).toEqual(body.text_inputs ?? []);
      expect(made.media_inputs).toHaveLength(body.media_inputs?.length ?? 0);
    }
  },
);

/** Of a line for a shell. */
const WORDS = /"[^"]*"|\S+/g;
