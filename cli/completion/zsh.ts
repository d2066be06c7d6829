import { PROGRAM } from '../command-line/commander.ts';
import type { CommandSpec, Flag, Words } from '../command-line/spec.ts';
import { shellQuoted } from './quoted.ts';

/** A script for zsh, to be sourced after `compinit` or put into a folder of `fpath` as `_template-video`. */
export function toZsh(commands: readonly CommandSpec[], templates: readonly string[]): string {
  const described = commands.map(({ name, summary }) => shellQuoted(`${name}:${summary}`));
  return `#compdef ${PROGRAM}
# Completion of ${PROGRAM} for zsh: source <(${PROGRAM} completion zsh)
_template_video_templates() {
  local -a templates
  templates=(${templates.map(shellQuoted).join(' ')})
  compadd -M 'm:{a-z}={A-Z}' -a templates
}
_template_video() {
  local -a commands
  commands=(${described.join(' ')})
  if (( CURRENT == 2 )); then
    _describe 'command' commands
    return
  fi
  local command=$words[2]
  words=("\${(@)words[2,-1]}")
  (( CURRENT-- ))
  case $command in
${commands.map(toCase).join('\n')}
  esac
}
compdef _template_video ${PROGRAM}
`;
}

function toCase({ name, flags, words }: CommandSpec): string {
  const specs = Object.entries(flags).map(([flag, { takes, help, isRepeatable, completes }]) => {
    const repeated = isRepeatable ? '*' : '';
    const value = takes === undefined ? '' : `:${takes}:${actionOf(completes)}`;
    return shellQuoted(`${repeated}--${flag}[${escaped(help)}]${value}`);
  });
  const others = words === undefined ? [] : [shellQuoted(`*:${words.name}:${actionOf(words.completes)}`)];
  const all = [...specs, shellQuoted('--help[this text]'), ...others];
  return `    ${name})
      _arguments ${all.join(' \\\n        ')} ;;`;
}

/** Characters that `_arguments` reads itself. */
function escaped(help: string): string {
  return help.replaceAll(/[[\]:\\]/g, '\\$&');
}

function actionOf(completes: Flag['completes'] | Words['completes']): string {
  if (completes === undefined) return ' ';
  if (completes === 'files') return '_files';
  return completes === 'templates' ? '_template_video_templates' : `(${completes.join(' ')})`;
}
