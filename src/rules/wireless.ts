/** Wifi, Bluetooth and their firmware. Strings as in brcmfmac, iwlwifi, ath10k, firmware_loader, mmc/core/sdio.c. */
import type {Rule} from '../domain/rule.ts';
import {TEN_MINUTES} from './lasts.ts';

export const wireless: readonly Rule[] = [
	{
		id: 'wifi-firmware',
		title: 'wifi chip',
		weight: 'warning',
		from: 'kernel',
		match:
			/\bbrcmf_\w{1,40}: (?:.{0,40}?)(?<detail>HT Avail (?:timeout|request error)|Firmware has halted|mailbox indicates firmware halted|resumed on timeout|firmware trap in dongle|dongle is not responding|dongle image file download failed)|\biwlwifi \S{1,20}: (?:Microcode SW error detected|FW error in SYNC CMD|no suitable firmware found)|\bath1[0-2]k_\w{1,8} \S{1,20}: firmware crashed/i,
		lasts: TEN_MINUTES,
		means: 'The wifi chip crashed or left its bus; wifi is gone until its driver starts it anew or the board restarts.',
		look: 'Whether it came back (ip link, nmcli device), whether its firmware was found at boot, and under-voltage near it.',
		samples: {
			hits: [
				'brcmfmac: brcmf_sdio_htclk: HT Avail timeout (1000000): clkctl 0x50',
				'brcmfmac: brcmf_sdio_htclk: HT Avail request error: -5',
				'brcmfmac: brcmf_fw_crashed: Firmware has halted or crashed',
				'ieee80211 phy0: brcmf_fw_crashed: Firmware has halted or crashed',
				'brcmfmac: brcmf_sdio_hostmail: mailbox indicates firmware halted',
				'brcmfmac: brcmf_sdio_bus_rxctl: resumed on timeout',
				'brcmfmac: brcmf_sdio_checkdied: firmware trap in dongle',
				'iwlwifi 0000:00:14.3: Microcode SW error detected. Restarting 0x0.',
				'ath10k_pci 0000:02:00.0: firmware crashed! (guid 6ad50e96)',
			],
			misses: [
				'brcmfmac: brcmf_fw_alloc_request: using brcm/brcmfmac43455-sdio for chip BCM4345/6',
				'brcmfmac: brcmf_c_process_clm_blob: no clm_blob available (err=-2), device may have limited channels available',
				'brcmfmac: brcmf_c_preinit_dcmds: Firmware: BCM4345/6 wl0: Feb 27 2018 03:15:32 version 7.45.154',
				'brcmfmac: brcmf_cfg80211_set_power_mgmt: power save enabled',
				'iwlwifi 0000:03:00.0: loaded firmware version 18.168.6.1 6000g2a-6.ucode op_mode iwldvm',
			],
		},
	},
	{
		id: 'firmware',
		title: 'firmware missing',
		weight: 'warning',
		from: 'kernel',
		/*
		 * Most files that are not found are tries: a board's own variant before the common one, a newer version before
		 * the one that is there, a table that is optional (regulatory.db, *.clm_blob, *.txt, nvram). So: only the common
		 * image that a wifi chip cannot do without, and what drivers say when they give up.
		 */
		match:
			/\bDirect firmware load for (?<subject>brcm\/brcmfmac[\w-]{1,24}\.bin|(?:rtlwifi|rtw8[89]|mrvl|ath9k_htc|mediatek|rt2\w{2,3}|mt76\w{2,6}|ti-connectivity)[\w./-]{0,60}(?<!nvs|config|cal)\.(?:bin|fw)) failed with error (?<detail>-\d+)|\b(?:Bluetooth: hci\d+: BCM: firmware Patch file not found|rt2x00lib_request_firmware: Error - Failed to request Firmware|rtl\w{2,12}[^:]{0,24}: (?:Failed to load|Loading alternative) firmware|rtw\w{1,16} \S{1,20}: failed to request firmware|mwifiex_\w{2,6} \S{1,20}: Failed to get firmware|ath1[0-2]k_\w{1,8} \S{1,20}: (?:could not fetch firmware|failed to fetch firmware file))/i,
		lasts: 'boot',
		means: 'The image that this chip cannot work without is not there: its wifi or Bluetooth will not appear.',
		look: 'Whether the interface exists (ip link), and if this OS release ships the file (ls /lib/firmware).',
		samples: {
			hits: [
				'brcmfmac mmc0:0001:1: Direct firmware load for brcm/brcmfmac43456-sdio.bin failed with error -2',
				'usb 1-1.4: Direct firmware load for rtlwifi/rtl8192cufw_TMSC.bin failed with error -2',
				'usb 1-1.4: Direct firmware load for rt2870.bin failed with error -2',
				'Bluetooth: hci0: BCM: firmware Patch file not found, tried:',
				'rtw_8822bu 1-1:1.2: failed to request firmware',
			],
			misses: [
				'platform regulatory.0: Direct firmware load for regulatory.db failed with error -2',
				'cfg80211: failed to load regulatory.db',
				'brcmfmac mmc1:0001:1: Direct firmware load for brcm/brcmfmac43455-sdio.raspberrypi,4-model-b.bin failed with error -2',
				'brcmfmac mmc1:0001:1: Direct firmware load for brcm/brcmfmac43455-sdio.raspberrypi,4-model-b.txt failed with error -2',
				'brcmfmac mmc1:0001:1: Direct firmware load for brcm/brcmfmac43430-sdio.clm_blob failed with error -2',
				'iwlwifi 0000:00:14.3: Direct firmware load for iwlwifi-QuZ-a0-hr-b0-55.ucode failed with error -2',
				'iwlwifi 0000:00:14.3: Direct firmware load for iwl-debug-yoyo.bin failed with error -2',
				'ath10k_pci 0000:02:00.0: Direct firmware load for ath10k/QCA6174/hw3.0/firmware-6.bin failed with error -2',
				'imx-sdma 302c0000.dma-controller: Direct firmware load for imx/sdma/sdma-imx7d.bin failed with error -2',
				'wlcore wl18xx.2.auto: Direct firmware load for ti-connectivity/wl1271-nvs.bin failed with error -2',
				'Bluetooth: hci0: BCM: features 0x0f',
			],
		},
	},
	{
		id: 'sdio',
		title: 'SDIO chip',
		weight: 'warning',
		from: 'kernel',
		match: /\b(?<subject>mmc\d{1,3}): (?<detail>error -\d+) whilst initialising SDIO card/,
		lasts: TEN_MINUTES,
		means: 'A chip on SDIO, as a rule wifi, does not answer; it is not the SD card.',
		look: 'Whether wlan0 exists (ip link); -110 again and again means that the chip has no power or clock.',
		samples: {
			hits: ['mmc1: error -22 whilst initialising SDIO card', 'mmc1: error -110 whilst initialising SDIO card'],
			misses: ['mmc0: error -110 whilst initialising SD card', 'mmc1: new high speed SDIO card at address 0001'],
		},
	},
];
