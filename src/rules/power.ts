/** Power and heat. Strings as in the kernel: raspberrypi.c, raspberrypi-hwmon.c, therm_throt.c, thermal_core.c, reboot.c. */
import type {Rule} from '../domain/rule.ts';
import {TEN_MINUTES} from './lasts.ts';

export const power: readonly Rule[] = [
	{
		id: 'under-voltage',
		title: 'under-voltage',
		weight: 'warning',
		from: 'kernel',
		match: /\bUnder-?voltage detected!/i,
		ends: /\bVoltage normalised\b/i,
		lasts: TEN_MINUTES,
		means: 'The supply fell below 4.63 V: power supply, cable, or too much on USB. Writes may be damaged.',
		look: 'How often and how long it lasts, and what is plugged into USB (lsusb); then the supply and its cable on site.',
		samples: {
			hits: [
				'Under-voltage detected! (0x00050005)',
				'hwmon hwmon1: Undervoltage detected!',
				'usb 1-1: Under-voltage detected! (0x00050005)',
			],
			misses: [
				'Voltage normalised (0x00000000)',
				'hwmon hwmon1: Voltage normalised',
				'raspberrypi-hwmon: under-voltage monitoring enabled',
				'rpi_firmware_get_throttled: 13 callbacks suppressed',
			],
		},
	},
	{
		id: 'throttling',
		title: 'throttling',
		weight: 'warning',
		from: 'kernel',
		match: /\btemperature (?:is )?above threshold, cpu clock (?:is )?throttled/i,
		ends: /\btemperature\/speed normal\b/i,
		lasts: TEN_MINUTES,
		means: 'The processor is too hot and slows itself down.',
		look: 'Load (top) and /sys/class/thermal/thermal_zone*/temp; then fan, dust and housing on site.',
		samples: {
			hits: [
				'CPU0: Temperature above threshold, cpu clock throttled (total events = 1)',
				'CPU0: Core temperature above threshold, cpu clock throttled (total events = 12)',
				'CPU2: Package temperature is above threshold, cpu clock is throttled (total events = 7)',
				'mce: CPU6: Core temperature above threshold, cpu clock throttled (total events = 1)',
			],
			misses: [
				'CPU0: Core temperature/speed normal',
				"thermal_sys: Registered thermal governor 'step_wise'",
				'thermal LNXTHERM:00: registered as thermal_zone0',
				'CPU0: Thermal monitoring enabled (TM1)',
			],
		},
	},
	{
		id: 'board-firmware',
		title: 'board firmware does not answer',
		weight: 'error',
		from: 'kernel',
		match:
			/\bFailed to (?:(?:set|get) (?:clock|throttled)|change [\w -]{1,30} frequency)[^()]{0,20}\(?(?<detail>-110)\b/,
		lasts: TEN_MINUTES,
		means:
			"A Raspberry Pi's own firmware, which owns clocks and power, no longer answers; storage and USB follow soon.",
		look: 'Under-voltage before it, and overclocking in config.txt; the device often needs its power cut.',
		samples: {
			hits: [
				'bcm2835-cpufreq:bcm2835_cpufreq_set_clock:76: Failed to set clock: 1400000 (-110)',
				'hwmon hwmon1: Failed to get throttled (-110)',
				'raspberrypi-clk soc:firmware:clocks: Failed to change fw-clk-arm frequency: -110',
			],
			misses: [
				'cpufreq: __target_index: Failed to change cpu frequency: -22',
				'raspberrypi-firmware soc:firmware: Request 0x00030066 returned status 0x80000001',
				'brcmfmac: brcmf_sdio_htclk: HT Avail request error: -110',
			],
		},
	},
	{
		id: 'thermal-shutdown',
		title: 'too hot, switches off',
		weight: 'error',
		from: 'kernel',
		match: /\bcritical temperature reached|\bHARDWARE PROTECTION shutdown \((?<detail>[^)]{1,80})\)/,
		lasts: TEN_MINUTES,
		means: 'The board reached its critical temperature and powers off; it may stay off until somebody is on site.',
		look: '/sys/class/thermal/thermal_zone*/temp once it is back, and the heat around it.',
		samples: {
			hits: [
				'thermal thermal_zone0: critical temperature reached (105 C), shutting down',
				'cpu-thermal: critical temperature reached, shutting down',
				'reboot: HARDWARE PROTECTION shutdown (Temperature too high)',
			],
			misses: [
				'ACPI: thermal: Thermal Zone [THM0] (48 C)',
				'coretemp coretemp.0: hwmon_device_register() is deprecated.',
				'thermal thermal_zone1: failed to read out thermal zone (-61)',
			],
		},
	},
];
