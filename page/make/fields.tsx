import type { Template } from '../catalogue.ts';
import { T } from '../strings.ts';
import type { Draft } from './draft.ts';
import type { ChosenImage } from './image-check.ts';
import { ImageInput } from './image-input.tsx';
import { hasSample } from './sample.ts';

interface Props {
  readonly draft: Draft;
  readonly template: Template | undefined;
  readonly image: ChosenImage | undefined;
  /** While the request is sent, and while it is not known what became of it. */
  readonly isLocked: boolean;
  readonly onChange: (news: Partial<Draft>) => void;
  readonly onImage: (image: ChosenImage | undefined) => void;
}

/** What a template takes. One that the catalogue does not have may take an image and a text. */
export function Fields({ draft, template, image, isLocked, onChange, onImage }: Props) {
  const media = template?.media_inputs ?? { min_items: 0, max_items: 1, description: T.anyImage };
  const text = template?.text_inputs ?? { min_items: 0, max_items: 1, description: T.anyText };
  return (
    <>
      {template === undefined && <p class="notice money">{T.templateUnknown}</p>}
      {media.max_items > 0 && draft.image === undefined && (
        <ImageInput
          label={(media.min_items === 0 ? T.imageOptional : T.image)(media.description ?? '')}
          image={image}
          hasSample={template !== undefined && hasSample(template)}
          isLocked={isLocked}
          onChange={onImage}
        />
      )}
      {draft.image === undefined ? undefined : (
        <EarlierImage isLocked={isLocked} onRemove={() => onChange({ image: undefined })} />
      )}
      {text.max_items > 0 && (
        <TextField
          label={(text.min_items === 0 ? T.textOptional : T.text)(text.description ?? '')}
          value={draft.text}
          placeholder={exampleOf(template)}
          isLocked={isLocked}
          onChange={(value) => onChange({ text: value })}
        />
      )}
      <TextField
        label={T.metadata}
        hint={T.metadataHint}
        value={draft.note}
        isLocked={isLocked}
        onChange={(note) => onChange({ note })}
      />
    </>
  );
}

function exampleOf(template: Template | undefined): string {
  const text = template?.example.text_inputs?.[0]?.value;
  return text === undefined ? '' : T.example(text);
}

interface EarlierImageProps {
  readonly isLocked: boolean;
  readonly onRemove: () => void;
}

function EarlierImage({ isLocked, onRemove }: EarlierImageProps) {
  return (
    <p>
      {T.earlierImage}{' '}
      <button type="button" disabled={isLocked} onClick={onRemove}>
        {T.removeImage}
      </button>
    </p>
  );
}

interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly hint?: string;
  readonly placeholder?: string;
  readonly isLocked: boolean;
  readonly onChange: (value: string) => void;
}

function TextField({ label, value, hint, placeholder, isLocked, onChange }: TextFieldProps) {
  return (
    <label class="wide">
      {label}
      <input
        value={value}
        placeholder={placeholder}
        disabled={isLocked}
        onInput={({ currentTarget }) => onChange(currentTarget.value)}
      />
      {hint === undefined ? undefined : <span class="hint">{hint}</span>}
    </label>
  );
}
