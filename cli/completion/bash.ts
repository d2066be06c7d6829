import { PROGRAM } from '../command-line/commander.ts';
import type { CommandSpec, Flag, Words } from '../command-line/spec.ts';
import { shellQuoted } from './quoted.ts';

/** A script for bash 3.2 and newer. */
export function toBash(commands: readonly CommandSpec[], templates: readonly string[]): string {
  return `# Completion of ${PROGRAM} for bash: source <(${PROGRAM} completion bash)
_template_video_offer() {
  local cur=$1 candidate quote=''
  shift
  # A word that is being typed has its quote and its backslashes.
  case $cur in [\\"\\']*) cur=\${cur#?} ;; *) cur=\${cur//\\\\/} ;; esac
  local was; was=$(shopt -p nocasematch); shopt -s nocasematch
  for candidate in "$@"; do
    [[ $candidate == "$cur"* ]] && COMPREPLY+=("$candidate")
  done
  $was
  # bash then quotes the spaces of names.
  compopt -o filenames 2>/dev/null
  return 0
}
_template_video_files() {
  local file
  while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen -f -- "$1")
  compopt -o filenames 2>/dev/null
  return 0
}
_template_video() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]}
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then
    _template_video_offer "$cur" ${words(commands.map(({ name }) => name))} --help --version
    return
  fi
  case $command in
${commands.map((command) => toCase(command, templates)).join('\n')}
  esac
}
complete -F _template_video ${PROGRAM}
`;
}

const words = (texts: readonly string[]): string => texts.map(shellQuoted).join(' ');

function toCase({ name, flags, words: others }: CommandSpec, templates: readonly string[]): string {
  const valued = Object.entries(flags).filter(([, { takes }]) => takes !== undefined);
  const values = valued.map(([flag, { completes }]) => {
    return `        --${flag}) ${offer(completes, templates)}; return ;;`;
  });
  const known = [...Object.keys(flags), 'help'].map((flag) => `--${flag}`);
  return `    ${name})
      case $prev in
${[...values, '        *) ;;'].join('\n')}
      esac
      case $cur in
        -*) _template_video_offer "$cur" ${words(known)} ;;
        *) ${offer(others?.completes, templates)} ;;
      esac ;;`;
}

function offer(completes: Flag['completes'] | Words['completes'], templates: readonly string[]): string {
  if (completes === undefined) return ':';
  if (completes === 'files') return '_template_video_files "$cur"';
  const candidates = completes === 'templates' ? templates : completes;
  return `_template_video_offer "$cur" ${words(candidates)}`;
}
