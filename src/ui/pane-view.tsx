/** One pane: title, head, items, chart. Drawn anew only when something of its own changed. */
import {Box, Text} from 'ink';
import {Component, memo, type ReactNode, useEffect, useState} from 'react';
import type {Chart, PaneSpec, Row, ViewContext} from '../domain/pane.ts';
import type {ZoneOffset} from '../domain/time.ts';
import {bodyOf} from './body.ts';
import {fitted, marked, type Piece, widthOf} from './cells.ts';
import {drawChart, loadCharts} from './charts.ts';
import type {Rect} from './layout.ts';
import {lookOf} from './theme.ts';
import {windowOf} from './window.ts';

/** Pieces as one line of text, exactly as wide as they are. */
export function Line({
	pieces,
	inverse = false,
	colours,
}: {
	readonly pieces: readonly Piece[];
	readonly inverse?: boolean;
	readonly colours: boolean;
}): ReactNode {
	return (
		<Text wrap="truncate" inverse={inverse}>
			{pieces.map(({text, tone, found}, index) => (
				<Text
					// biome-ignore lint/suspicious/noArrayIndexKey: pieces have no names and no state, their place is what they are
					key={index}
					{...lookOf(inverse && tone === 'muted' ? 'plain' : tone, colours)}
					{...(found === true ? {inverse: !inverse, underline: true} : {})}
				>
					{text}
				</Text>
			))}
		</Text>
	);
}

export type PaneViewProps = {
	readonly spec: PaneSpec<unknown>;
	readonly state: unknown;
	readonly look: ViewContext['look'];
	readonly rect: Rect;
	readonly focused: boolean;
	/** Whole seconds: a pane need not be drawn anew for less. */
	readonly now: number;
	readonly zone: ZoneOffset;
	readonly stale: boolean;
	readonly search: RegExp | null;
	/** Behind the title at the right: new lines while paused. */
	readonly aside: string;
	/** How old the data is, where that has to be known; left out where there is no room. */
	readonly age: string;
	readonly colours: boolean;
};

/** `1 Services 12 of 14 ok ──── 3 new`. */
function titlePieces(
	spec: PaneSpec<unknown>,
	summary: Row,
	{rect, focused, aside, age}: Pick<PaneViewProps, 'rect' | 'focused' | 'aside' | 'age'>,
): readonly Piece[] {
	const name = ` ${spec.key} ${spec.title} `;
	const room = rect.width - widthOf(name) - 1 - (aside === '' ? 0 : widthOf(aside) + 3);
	const said = fitted(
		[...summary, {text: ' '}],
		Math.min(
			room,
			summary.reduce((sum, {text, width}) => sum + (width ?? widthOf(text)), 1),
		),
	);
	const used =
		widthOf(name) + 1 + said.reduce((sum, {text}) => sum + widthOf(text), 0) + (aside === '' ? 0 : widthOf(aside) + 2);
	const left = Math.max(0, rect.width - used);
	const aged = age !== '' && widthOf(age) + 4 <= left ? ` ${age} ` : '';
	return [
		{text: name, tone: focused ? 'accent' : 'strong', found: focused},
		{text: ' ', tone: 'plain'},
		...said,
		{text: '─'.repeat(left - widthOf(aged)), tone: 'muted'},
		...(aged === '' ? [] : ([{text: aged, tone: 'warning'}] as const)),
		...(aside === '' ? [] : ([{text: ` ${aside} `, tone: spec.log ? 'warning' : 'muted'}] as const)),
	];
}

function PaneBody(props: PaneViewProps): ReactNode {
	const {spec, state, look, rect, now, zone, stale, search, colours} = props;
	const context: ViewContext = {now, columns: rect.width, zone, look, stale};
	const room = rect.height - 1;
	const {compact, head, items, rows, chart, chartRows} = bodyOf(spec, state, context, room, props.focused);
	const {start, end, cursor} = windowOf(items, look, rows);
	// A list that is cut says so; a log has its own words.
	const more =
		compact === null && !spec.log && rows > 0 && items.length > rows ? `${start + 1}–${end} of ${items.length}` : '';
	const lines: ReactNode[] = [
		<Line
			key="title"
			pieces={titlePieces(spec, spec.summary(state, context), {...props, aside: props.aside || more})}
			colours={colours}
		/>,
		...head
			.slice(0, room)
			.map((row, index) => (
				<Line
					key={`head ${row[index]?.text ?? ''}${head.indexOf(row)}`}
					pieces={fitted(row, rect.width)}
					colours={colours}
				/>
			)),
	];
	if (compact !== null) {
		return (
			<Box flexDirection="column" width={rect.width} height={rect.height} overflow="hidden">
				{lines.slice(0, 1)}
				{compact.map(row => (
					<Line
						key={row.map(({text}) => text).join('')}
						pieces={fitted([{text: ' '}, ...row], rect.width)}
						colours={colours}
					/>
				))}
			</Box>
		);
	}
	if (items.length === 0 && rows > 0)
		lines.push(
			<Line key="empty" pieces={fitted([{text: ' '}, ...spec.empty(state, context)], rect.width)} colours={colours} />,
		);
	for (let index = start; index < end; index++) {
		const key = items.at(index);
		if (key === undefined) continue;
		const pieces = marked(fitted(spec.row(state, key, context), rect.width), search);
		lines.push(
			<Line key={`item ${key}`} pieces={pieces} inverse={index === cursor && props.focused} colours={colours} />,
		);
	}
	return (
		<Box flexDirection="column" width={rect.width} height={rect.height} overflow="hidden">
			{lines}
			{chart !== null && chartRows > 0 ? <ChartView chart={chart} columns={rect.width} rows={chartRows} /> : null}
		</Box>
	);
}

/** Draws a sparkline until the chart library is there. */
function ChartView({
	chart,
	columns,
	rows,
}: {
	readonly chart: Chart;
	readonly columns: number;
	readonly rows: number;
}): ReactNode {
	const [, setLoaded] = useState(false);
	useEffect(() => {
		let shown = true;
		void loadCharts().then(() => {
			if (shown) setLoaded(true);
		});
		return () => {
			shown = false;
		};
	}, []);
	return (
		<Box flexDirection="column" height={rows}>
			{drawChart(chart, columns, rows).map((row, index) => (
				// biome-ignore lint/suspicious/noArrayIndexKey: rows of a picture
				<Text key={index} wrap="truncate">
					{row}
				</Text>
			))}
		</Box>
	);
}

/** A pane that can't be drawn says so in its own place; the others go on. */
class PaneBoundary extends Component<
	{readonly children: ReactNode; readonly spec: PaneSpec<unknown>; readonly rect: Rect; readonly state: unknown},
	{readonly broken: string; readonly state: unknown}
> {
	override state: {broken: string; state: unknown} = {broken: '', state: null};

	static getDerivedStateFromError(error: unknown): {broken: string} {
		return {broken: error instanceof Error ? error.message : String(error)};
	}

	override componentDidUpdate(before: {readonly state: unknown}): void {
		// With other data it may go again.
		if (this.state.broken !== '' && before.state !== this.props.state) this.setState({broken: ''});
	}

	override render(): ReactNode {
		const {spec, rect, children} = this.props;
		if (this.state.broken === '') return children;
		return (
			<Box flexDirection="column" width={rect.width} height={rect.height} overflow="hidden">
				<Text wrap="truncate">{` ${spec.key} ${spec.title} could not be drawn, which is a bug of devtop: ${this.state.broken}`}</Text>
			</Box>
		);
	}
}

const same = (a: PaneViewProps, b: PaneViewProps): boolean =>
	(Object.keys(a) as (keyof PaneViewProps)[]).every(name =>
		name === 'rect'
			? a.rect.width === b.rect.width && a.rect.height === b.rect.height
			: name === 'search'
				? a.search?.source === b.search?.source && a.search?.flags === b.search?.flags
				: Object.is(a[name], b[name]),
	);

export const PaneView = memo(function PaneView(props: PaneViewProps): ReactNode {
	return (
		<PaneBoundary spec={props.spec} rect={props.rect} state={props.state}>
			<PaneBody {...props} />
		</PaneBoundary>
	);
}, same);
