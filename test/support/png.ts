import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {Resvg} from '@resvg/resvg-js';

const fonts = join(dirname(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json')), 'ttf');
const faces = ['DejaVuSansMono', 'DejaVuSansMono-Bold', 'DejaVuSansMono-Oblique', 'DejaVuSansMono-BoldOblique'];

/** A picture of an SVG at twice its size. Fonts come from the package, so that every machine draws the same. */
export function toPng(svg: string): Uint8Array {
	const fontFiles = faces.map(face => join(fonts, `${face}.ttf`));
	return new Resvg(svg, {
		font: {fontFiles, loadSystemFonts: false, defaultFontFamily: 'DejaVu Sans Mono'},
		fitTo: {mode: 'zoom', value: 2},
	})
		.render()
		.asPng();
}
