/** How a sampler is asked: a line on its stdin. */

/** What a sampler can be asked for; `full` sends every property of the units, not only those that changed. */
export type Section = 'units' | 'full' | 'failed' | 'vitals' | 'pulls' | 'engine' | 'disk';

/** The line that asks for a block. */
export const tickLine = (tick: number, sections: readonly Section[]): string => `${tick} ${sections.join(' ')}\n`;
