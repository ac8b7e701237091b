/** Kernel lines as rows, with both clocks. */
import type {Row, Span, Tone, ViewContext} from '../../domain/pane.ts';
import {count} from '../../domain/text.ts';
import {clockOf, dayOf, span, type ZoneOffset} from '../../domain/time.ts';
import {ruleOf} from '../../rules/index.ts';
import {column, grouped, spaced} from '../items.ts';
import type {Entry, Shown} from './items.ts';
import type {Line} from './line.ts';
import type {State} from './reduce.ts';

/** `[  123.456789]` as dmesg prints it, or shorter where room is short. */
function kernelClock({kernelUs}: Line, columns: number): Span {
	const wide = columns >= 90;
	const width = wide ? 14 : 11;
	if (kernelUs === null) return column('', width, 'muted');
	const whole = String(Math.floor(kernelUs / 1e6));
	// After days of uptime there is no room for every decimal.
	const seconds = (kernelUs / 1e6).toFixed(Math.max(0, Math.min(wide ? 6 : 3, width - 3 - whole.length)));
	return column(`[${seconds.padStart(width - 2)}]`, width, 'muted', 'right');
}

/** Of another day, the date: the kernel's own clock stands beside it. */
function wallClock({atMs}: Line, {zone, now}: Pick<ViewContext, 'zone' | 'now'>): Span {
	if (atMs === null) return column('--:--:--', 8, 'muted');
	return column(dayOf(atMs, zone) === dayOf(now, zone) ? clockOf(atMs, zone) : dayOf(atMs, zone).slice(5), 8, 'muted');
}

/** "38 s, ended 13:40:49" or "since 13:40:11, not ended". */
export function spell(head: Line, ended: Line | null, zone: ZoneOffset, columns = 200): string {
	const startUs = head.kernelUs ?? (head.atMs ?? 0) * 1000;
	if (ended === null && columns < 80) return 'not ended';
	if (ended === null) return `since ${head.atMs === null ? 'then' : clockOf(head.atMs, zone)}, not ended`;
	const endUs = ended.kernelUs ?? (ended.atMs ?? 0) * 1000;
	// On a narrow screen what it is matters more than when it was over.
	const end = ended.atMs === null || columns < 80 ? '' : `, ended ${clockOf(ended.atMs, zone)}`;
	return `${span((endUs - startUs) / 1000)}${end}`;
}

/** The one line that tells what a dump came to: who was killed. */
function outcome({body}: Extract<Entry, {kind: 'event'}>): string {
	const killed = body.findLast(({text}) => /Kill(?:ed)? process \d+/.test(text))?.text;
	const found = killed === undefined ? null : /Kill(?:ed)? process (\d+ \([^)]*\))(?:.*anon-rss:(\d+)kB)?/.exec(killed);
	if (found === null) return '';
	const megabytes = found[2] === undefined ? '' : `, ${Math.round(Number(found[2]) / 1000)} MB`;
	return ` → killed ${found[1]}${megabytes}${killed?.includes('cgroup') ? ', its own limit' : ''}`;
}

const SIGN = {error: '✗', warning: '!'} as const;

export function toRow(entry: Entry, {columns, zone, now, look, stale}: ViewContext): Row {
	switch (entry.kind) {
		case 'boot':
			return [{text: `── boot ${entry.boot.slice(0, 8) || 'unknown'} ──`, tone: 'accent'}];
		case 'line':
			return spaced([
				{text: ' '},
				column('', 8),
				kernelClock(entry.line, columns),
				{text: `│ ${entry.line.text}`.slice(0, columns * 2), tone: 'muted', grow: true},
			]);
		case 'event': {
			const {head, body, weight, tags, ended} = entry;
			const tone: Tone = weight ?? (head.priority === 5 ? 'strong' : head.priority >= 7 ? 'muted' : 'plain');
			const extra: Span[] = [];
			if (ended !== undefined)
				extra.push({text: spell(head, ended, zone, columns), tone: ended === null && !stale ? 'warning' : 'accent'});
			if (body.length > 0)
				extra.push({
					text: look.open.has(entry.key) ? `−${count(body.length, 'line')}` : `+${count(body.length, 'line')}`,
					tone: 'accent',
				});
			return spaced([
				column(tags.length > 0 && weight !== null ? SIGN[weight] : ' ', 1, tone),
				wallClock(head, {zone, now}),
				kernelClock(head, columns),
				{text: `${head.text}${outcome(entry)}`.slice(0, columns * 2), tone, grow: true},
				...extra,
			]);
		}
	}
}

/** As plain text, for search: dumps with all their lines. */
export function toText(entry: Entry): string {
	if (entry.kind === 'boot') return `boot ${entry.boot}`;
	if (entry.kind === 'line') return entry.line.text;
	return [entry.head.text, ...entry.body.map(({text}) => text), ...entry.tags].join(' ');
}

/** "1 error, 3 warnings, 2 rules: mmc oom". */
export function summary(state: State, shown: Shown, {look, stale}: ViewContext): Row {
	const {errors, warnings, rules} = shown;
	const parts: Span[] = [];
	if (stale) parts.push({text: 'stale', tone: 'muted'});
	if (look.filter.source !== '') parts.push({text: look.filter.source, tone: 'accent'});
	if (errors > 0) parts.push({text: count(errors, 'error'), tone: stale ? 'muted' : 'error'});
	if (warnings > 0) parts.push({text: count(warnings, 'warning'), tone: stale ? 'muted' : 'warning'});
	if (rules.length > 0)
		parts.push({
			text: rules.map(id => ruleOf(id)?.title ?? id).join(', '),
			tone: 'strong',
		});
	if (shown.lines > 0 && parts.length === 0) parts.push({text: `quiet, ${grouped(shown.lines)} lines`, tone: 'muted'});
	if (!look.follow) parts.push({text: 'paused', tone: 'warning'});
	if (state.sentence !== '' && shown.lines > 0) parts.push({text: state.sentence, tone: 'error'});
	return spaced(parts.flatMap((part, index) => (index === 0 ? [part] : [{text: '·', tone: 'muted' as const}, part])));
}
