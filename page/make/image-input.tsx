import { useEffect, useRef, useState } from 'preact/hooks';
import { messageOf } from '../connection.ts';
import { formatBytes } from '../format.ts';
import { announce } from '../parts/live-region.tsx';
import { Problem } from '../parts/problem.tsx';
import { T } from '../strings.ts';
import { type ChosenImage, chooseImage } from './image-check.ts';

interface Props {
  readonly label: string;
  readonly image: ChosenImage | undefined;
  readonly hasSample: boolean;
  readonly isLocked: boolean;
  readonly onChange: (image: ChosenImage | undefined) => void;
}

/** Takes one image: dropped, pasted or chosen. */
export function ImageInput({ label, image, hasSample, isLocked, onChange }: Props) {
  const [problem, setProblem] = useState<string>();
  const [isOver, setIsOver] = useState(false);

  async function take(files: readonly File[]): Promise<void> {
    setIsOver(false);
    const [file] = files;
    if (isLocked || file === undefined) return;
    if (files.length > 1) return setProblem(T.notOneImage(files.length));
    await show(file, file.name);
  }

  async function show(file: Blob, name: string): Promise<void> {
    setProblem(undefined);
    try {
      const chosen = await chooseImage(file, name);
      announce(chosen.why === undefined ? fineWords(chosen) : T.imageWrong(name, chosen.why));
      onChange(chosen);
    } catch (error) {
      setProblem(messageOf(error));
    }
  }

  async function useSample(): Promise<void> {
    const answer = await fetch('page/pet.jpg');
    await show(await answer.blob(), 'pet.jpg');
  }

  usePaste((files) => void take(files));
  return (
    <fieldset
      class={isOver ? 'drop over' : 'drop'}
      disabled={isLocked}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        void take([...(event.dataTransfer?.files ?? [])]);
      }}
    >
      <legend>{label}</legend>
      {image === undefined ? undefined : <Preview image={image} onRemove={() => onChange(undefined)} />}
      <p>
        {T.dropHere} <FileInput onFiles={(files) => void take(files)} />
      </p>
      {hasSample && image === undefined && (
        <button type="button" onClick={() => void useSample()}>
          {T.useSample}
        </button>
      )}
      <p class="hint">{T.imageRules}</p>
      <Problem text={problem} />
    </fieldset>
  );
}

function FileInput({ onFiles }: { readonly onFiles: (files: readonly File[]) => void }) {
  return (
    <label class="file">
      {T.chooseFile}
      <input
        type="file"
        accept="image/jpeg,image/png,image/webp"
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])]);
          // The same file can be chosen again after a change.
          currentTarget.value = '';
        }}
      />
    </label>
  );
}

function Preview({ image, onRemove }: { readonly image: ChosenImage; readonly onRemove: () => void }) {
  useEffect(() => () => URL.revokeObjectURL(image.address), [image.address]);
  return (
    <div class="preview">
      <img src={image.address} alt={image.name} />
      {image.why === undefined ? (
        <p>{fineWords(image)}</p>
      ) : (
        <Problem text={T.imageWrong(image.name, image.why)} />
      )}
      <button type="button" onClick={onRemove}>
        {T.removeImage}
      </button>
    </div>
  );
}

function fineWords({ name, file }: ChosenImage): string {
  return T.imageFine(name, formatBytes(file.size));
}

/** A picture on the clipboard is pasted anywhere in the view. */
function usePaste(onFiles: (files: readonly File[]) => void): void {
  const newest = useRef(onFiles);
  newest.current = onFiles;
  useEffect(() => {
    const paste = (event: ClipboardEvent): void => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      newest.current(files);
    };
    addEventListener('paste', paste);
    return () => removeEventListener('paste', paste);
  }, []);
}
