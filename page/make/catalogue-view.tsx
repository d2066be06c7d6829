import { useState } from 'preact/hooks';
import type { Catalogue } from '../../client/index.ts';
import { costOf, type Template } from '../catalogue.ts';
import { useReach } from '../connection.ts';
import { makeHref } from '../route.ts';
import { T } from '../strings.ts';
import { hasSample } from './sample.ts';

/** The templates, with what each needs and costs. */
export function CatalogueView({ catalogue }: { readonly catalogue: Catalogue }) {
  const { isSimulated } = useReach();
  // Those with a picture come first, so that the items of a row have one height.
  const templates = [...catalogue.templates].sort((a, b) => Number(hasSample(b)) - Number(hasSample(a)));
  return (
    <>
      <h1>{T.make}</h1>
      <h2>{T.catalogue}</h2>
      <ul class="templates">
        {templates.map((template) => (
          <TemplateItem key={template.template_id} template={template} isSimulated={isSimulated} />
        ))}
      </ul>
      <OtherTemplate />
      <p class="hint">{T.catalogueNote(catalogue.host, catalogue.read_on)}</p>
    </>
  );
}

interface ItemProps {
  readonly template: Template;
  readonly isSimulated: boolean | undefined;
}

function TemplateItem({ template, isSimulated }: ItemProps) {
  const { name, template_id } = template;
  return (
    <li class="template">
      {hasSample(template) && (
        <img src="page/pet.jpg" alt={T.samplePicture} width="640" height="640" loading="lazy" />
      )}
      <h3>
        <a href={makeHref({ template: template_id })}>{name}</a>
      </h3>
      <p>{needsOf(template)}</p>
      <p class="cost">{costOf(template.price_usd, isSimulated)}</p>
    </li>
  );
}

function needsOf({ media_inputs, text_inputs }: Template): string {
  const needs = [media_inputs, text_inputs].flatMap(({ min_items, max_items, description = '' }) => {
    if (max_items === 0) return [];
    return [min_items === 0 ? T.mayNeed(description) : description];
  });
  return needs.length === 0 ? T.needsNothing : T.needs(needs);
}

function OtherTemplate() {
  const [id, setId] = useState('');
  return (
    <form
      class="row"
      onSubmit={(event) => {
        event.preventDefault();
        location.hash = makeHref({ template: id.trim() });
      }}
    >
      <label>
        {T.otherTemplateNote}
        <input
          required
          pattern="\s*[A-Za-z0-9_\-]{1,64}\s*"
          placeholder={T.templateId}
          value={id}
          onInput={({ currentTarget }) => setId(currentTarget.value)}
        />
      </label>
      <button type="submit">{T.chooseIt}</button>
    </form>
  );
}
