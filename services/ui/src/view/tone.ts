/** What a colour means; it never says so alone. */
export type Tone = 'quiet' | 'busy' | 'good' | 'wait' | 'bad';
