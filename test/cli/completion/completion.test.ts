import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../../cli/commands.ts';
import { toBash } from '../../../cli/completion/bash.ts';
import { completion } from '../../../cli/completion/completion.ts';
import { toZsh } from '../../../cli/completion/zsh.ts';
import { printedBy } from '../fake-service.ts';

const TEMPLATES = ['Diving', 'Run for Life', "McDonald's Delivery Pet"];

/** What bash offers for the last of these words, for each list of words in turn. */
function offered(...lines: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const calls = lines.map((words) => {
    const quoted = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
    return `COMP_WORDS=(template-video ${quoted}); COMP_CWORD=${words.length}; _template_video; printf '%s\\n' "\${COMPREPLY[@]}" ---`;
  });
  const script = `${toBash(COMMANDS, TEMPLATES)}\n${calls.join('\n')}`;
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8' });
  expect(stderr).toBe('');
  const blocks = stdout.split('---\n').slice(0, -1);
  return blocks.map((block) => block.split('\n').filter((line) => line !== ''));
}

test('bash completes commands, flags, and the values of flags and words', () => {
  expect(
    offered(
      ['re'],
      ['make', '--temp'],
      ['make', '--template', 'run f'],
      ['make', '--template', '"Run'],
      ['make', '--template', 'Run\\ f'],
      ['make', '--template', 'M'],
      ['list', '--status', 'c'],
      ['completion', ''],
      ['upload', 'package.j'],
      ['make', '--text', ''],
      ['nothing', ''],
    ),
  ).toEqual([
    ['report', 'reindex'],
    ['--template'],
    ['Run for Life'],
    ['Run for Life'],
    ['Run for Life'],
    ["McDonald's Delivery Pet"],
    ['cancelled'],
    ['bash', 'zsh'],
    ['package.json'],
    [],
    [],
  ]);
});

test('bash leaves the option nocasematch as it was', () => {
  const script = `${toBash(COMMANDS, TEMPLATES)}\nCOMP_WORDS=(template-video re) COMP_CWORD=1; _template_video; shopt nocasematch`;
  const { stdout } = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8' });
  expect(stdout).toMatch(/nocasematch\s+off\n$/);
});

const hasZsh = spawnSync('zsh', ['-c', 'true']).status === 0;

test('the script for zsh has each command and each flag', () => {
  const script = toZsh(COMMANDS, TEMPLATES);
  for (const { name, flags } of COMMANDS) {
    expect(script).toContain(`\n    ${name})\n`);
    for (const flag of Object.keys(flags)) expect(script).toContain(`--${flag}[`);
  }
  expect(script).toContain("'McDonald'\\''s Delivery Pet'");
});

test.skipIf(!hasZsh)('zsh reads its script', () => {
  const { status } = spawnSync('zsh', ['-n', '-c', toZsh(COMMANDS, TEMPLATES)]);
  expect(status).toBe(0);
});

test('prints the script of the shell that is named, and rejects another shell', async () => {
  expect((await printedBy(() => completion('bash', COMMANDS))).out).toContain('complete -F _template_video');
  expect((await printedBy(() => completion('fish', COMMANDS))).error?.message).toBe(
    'SHELL is "fish"; allowed is bash or zsh.',
  );
});
