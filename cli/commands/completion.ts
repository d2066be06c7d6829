import { type Command, defineCommand } from '../command.ts';
import type { CommandSpec, Flags } from '../command-line/spec.ts';

const SHELLS = ['bash', 'zsh'] as const;

/** Prints what makes a shell complete these commands, their flags, and templates. */
export const completionOf = (commands: () => readonly CommandSpec[]): Command<Flags> =>
  defineCommand({
    name: 'completion',
    summary: 'Prints a script with which bash or zsh completes commands, flags and names of templates.',
    words: { name: 'SHELL', help: SHELLS.join(' or '), from: 1, to: 1, completes: SHELLS },
    flags: {},
    details: `For bash, in ~/.bashrc:   source <(template-video completion bash)
For zsh, in ~/.zshrc:     source <(template-video completion zsh)`,
    examples: ['completion bash'],
    async run({ words: [shell = ''] }) {
      const { completion } = await import('../completion/completion.ts');
      return completion(shell, commands());
    },
  });
