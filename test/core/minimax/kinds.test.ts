import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const PROJECT = join(import.meta.dirname, '..', '..', '..');
const KINDS_FOLDER = join('lambdas', 'core', 'minimax');

/** The service. The commands and the agent's tools are about templates, and name the fields of the HTTPS API. */
const SERVICE = ['lambdas', 'infra'];

function filesThatSay(words: RegExp, folders: readonly string[]): readonly string[] {
  return folders
    .flatMap((folder) =>
      readdirSync(join(PROJECT, folder), { recursive: true }).map((name) => join(folder, String(name))),
    )
    .filter((file) => file.endsWith('.ts') && words.test(codeOf(file)));
}

/** Without its comments, which may give an example. */
function codeOf(file: string): string {
  return readFileSync(join(PROJECT, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, '');
}

test('only core/minimax knows the fields and the calls of a template', () => {
  const found = filesThatSay(/template_id|video_template_generation|media_inputs|text_inputs/, SERVICE);
  expect(found.length).toBeGreaterThan(1);
  expect(found.filter((file) => !file.startsWith(KINDS_FOLDER))).toEqual([]);
});
