import { useState } from 'preact/hooks';
import { LISTED_STATUSES } from '../../lambdas/core/api/listed-statuses.ts';
import { useCatalogue } from '../catalogue.ts';
import { VIDEOS } from '../route.ts';
import { T } from '../strings.ts';
import { type Filters, NO_FILTERS, splitMetadata, toQuery } from './list-state.ts';

/** The filters of the list. Each change is in the address at once. */
export function FilterForm({ filters }: { readonly filters: Filters }) {
  const { catalogue } = useCatalogue();
  const change = (news: Partial<Filters>): void => {
    location.hash = `${VIDEOS}?${toQuery({ filters: { ...filters, ...news }, page: 1 })}`;
  };
  const statuses = LISTED_STATUSES.map((status) => [status, T.statuses[status] ?? status] as const);
  const templates = (catalogue?.templates ?? []).map(({ template_id, name }) => [template_id, name] as const);
  return (
    <form class="filters" aria-label={T.filters} onSubmit={(event) => event.preventDefault()}>
      <Select
        label={T.status}
        value={filters.status}
        options={statuses}
        onChange={(status) => change({ status })}
      />
      <Select
        label={T.template}
        value={filters.template}
        options={templates}
        onChange={(template) => change({ template })}
      />
      <Day label={T.after} value={filters.after} onChange={(after) => change({ after })} />
      <Day label={T.before} value={filters.before} onChange={(before) => change({ before })} />
      <Metadata
        key={filters.metadata}
        value={filters.metadata}
        onChange={(metadata) => change({ metadata })}
      />
      {Object.values(filters).some((value) => value !== '') && (
        <button type="button" onClick={() => change(NO_FILTERS)}>
          {T.clear}
        </button>
      )}
    </form>
  );
}

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

interface SelectProps extends FieldProps {
  readonly options: readonly (readonly [value: string, label: string])[];
}

function Select({ label, value, options, onChange }: SelectProps) {
  const isKnown = value === '' || options.some(([each]) => each === value);
  return (
    <label>
      {label}
      <select value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        <option value="">{T.all}</option>
        {isKnown ? undefined : <option value={value}>{value}</option>}
        {options.map(([each, words]) => (
          <option key={each} value={each}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

function Day({ label, value, onChange }: FieldProps) {
  return (
    <label>
      {label}
      <input type="date" value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)} />
    </label>
  );
}

/** Only keys of the deployment's setting `listedMetadata` are accepted; the service says so. */
function Metadata({ value, onChange }: Omit<FieldProps, 'label'>) {
  const [shown, setShown] = useState(value);
  const [isWrong, setIsWrong] = useState(false);
  function take(text: string): void {
    setShown(text);
    const isUsable = text === '' || splitMetadata(text).length === 2;
    setIsWrong(!isUsable);
    if (isUsable) onChange(text);
  }
  return (
    <label>
      {T.metadataFilter}
      <input
        value={shown}
        aria-invalid={isWrong}
        onChange={({ currentTarget }) => take(currentTarget.value)}
      />
      <span class="hint">{T.metadataFilterHint}</span>
      {isWrong && (
        <span class="wrong" role="alert">
          {T.metadataWrong}
        </span>
      )}
    </label>
  );
}
