interface ChoicesProps {
  readonly legend: string;
  readonly hint: string;
  readonly choices: readonly { readonly name: string; readonly more: string }[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

/** Any of several; nothing where there is nothing to choose. */
export function Choices({ legend, hint, choices, chosen, onChange }: ChoicesProps) {
  if (choices.length === 0) return null;
  return (
    <fieldset class="choices">
      <legend>
        {legend} <span class="quiet">{hint}</span>
      </legend>
      <div>
        {choices.map(({ name, more }) => (
          <label key={name} class={`choice ${chosen.includes(name) ? 'chosen' : ''}`}>
            <input
              type="checkbox"
              checked={chosen.includes(name)}
              onChange={({ currentTarget }) => {
                const others = chosen.filter(each => each !== name);
                onChange(currentTarget.checked ? [...others, name] : others);
              }}
            />
            {name}
            {more !== '' && <span class="quiet">{more}</span>}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
