/** A flag of a command. */
export interface Flag {
  /** The placeholder of its value, as in `ID`. @default it is a switch, which has no value */
  readonly takes?: string;
  readonly help: string;
  readonly default?: string;
  /** Whether it may be given more than once. */
  readonly isRepeatable?: true;
  /** What the shell completes: these values, names of templates, or files. @default nothing */
  readonly completes?: readonly string[] | 'templates' | 'files';
}

export type Flags = Readonly<Record<string, Flag>>;

type ValueOf<F extends Flag> = F extends { takes: string }
  ? F extends { isRepeatable: true }
    ? readonly string[] | undefined
    : F extends { default: string }
      ? string
      : string | undefined
  : boolean;

/** What was given for the flags of a command. */
export type Values<F extends Flags> = string extends keyof F
  ? Readonly<Record<string, unknown>>
  : { readonly [Name in keyof F]: ValueOf<F[Name]> };

/** The words of a command that belong to no flag. */
export interface Words {
  /** As the help shows it, as in `ID`. */
  readonly name: string;
  readonly help: string;
  /** How many there may be. */
  readonly from: number;
  readonly to: number;
  /** What the shell completes. @default nothing */
  readonly completes?: readonly string[] | 'files';
}

/** What a command is called and what it takes. Help and completion are made of it. */
export interface CommandSpec<F extends Flags = Flags> {
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** All flags but `--help`, which every command has. */
  readonly flags: F;
  /** @default it takes none */
  readonly words?: Words;
  /** What a person has to know beside the flags, in lines. */
  readonly details?: string;
  /** Lines as a person types them, without the name of the program. */
  readonly examples?: readonly string[];
}

/** What a person has given. */
export interface Given<F extends Flags = Flags> {
  readonly values: Values<F>;
  readonly words: readonly string[];
}
