#!/usr/bin/env python3
"""Derives src/domain/data/{instance_types,offerings}.tsv from the DescribeInstanceTypes and
DescribeInstanceTypeOfferings captures inside the PyPI package moto.

Usage: scripts/maintain/derive_catalogue.py [--wheel FILE] [--check]

Without --wheel the pinned wheel is fetched with `pip download`. Its SHA-256 must be the one below:
to move to a newer capture, change VERSION, SHA256 and DATE, run, and look at the diff.
--check writes nothing and exits 1 when the files in the repository differ.
"""

import argparse
import gzip
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile
import zipfile

VERSION = "5.2.5"
SHA256 = "eef62cdcf3bfe73e0863743511ba042dfaba04ba3d5ecdcb896a196c693ad528"
DATE = "2026-10-27"  # of the files in the wheel

DATA = pathlib.Path(__file__).resolve().parents[2] / "src" / "domain" / "data"
TYPES = "moto/ec2/resources/instance_types.json.gz"
OFFERINGS = "moto/ec2/resources/instance_type_offerings/availability-zone/"


def fetch(folder):
    """Downloads the pinned wheel and returns its path."""
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:",
         "--dest", folder, f"moto=={VERSION}"],
        check=True,
    )
    return next(pathlib.Path(folder).glob("moto-*.whl"))


def header(what, columns):
    return [
        f"# {what}",
        f"# source: PyPI moto {VERSION}, files of {DATE}, wheel sha256 {SHA256}",
        "# derived by scripts/maintain/derive_catalogue.py; do not edit",
        "\t".join(columns),
    ]


def devices(facts):
    """(GPUs, other accelerators, who makes them known to Kubernetes) of a type.

    EC2 counts a fraction of a GPU as 0 GPUs: it is put down as another accelerator, with EC2's
    LogicalGpuCount, lest such a type look like one without devices.
    """
    gpus = facts.get("GpuInfo", {}).get("Gpus", [])
    if gpus:
        makers = {gpu["Manufacturer"].lower() for gpu in gpus}
        assert len(makers) == 1, facts["InstanceType"]
        fractions = sum(gpu.get("LogicalGpuCount", 1) for gpu in gpus if gpu["Count"] == 0)
        return sum(gpu["Count"] for gpu in gpus), fractions, makers.pop()
    neuron = facts.get("NeuronInfo", {}).get("NeuronDevices", [])
    if neuron:
        return 0, sum(device["Count"] for device in neuron), "neuron"
    inference = facts.get("InferenceAcceleratorInfo", {}).get("Accelerators", [])
    if inference:
        return 0, sum(device["Count"] for device in inference), inference[0]["Manufacturer"].lower()
    fpgas = facts.get("FpgaInfo", {}).get("Fpgas", [])
    if fpgas:
        return 0, sum(device["Count"] for device in fpgas), "fpga"
    media = facts.get("MediaAcceleratorInfo", {}).get("Accelerators", [])
    if media:
        return 0, sum(device["Count"] for device in media), "media"
    return 0, 0, "-"


def max_pods(network):
    """The VPC CNI's default: interfaces of the default card x (addresses - 1) + 2."""
    index = network.get("DefaultNetworkCardIndex", 0)
    cards = {card["NetworkCardIndex"]: card for card in network.get("NetworkCards", [])}
    interfaces = cards[index]["MaximumNetworkInterfaces"] if index in cards else network["MaximumNetworkInterfaces"]
    return interfaces * (network["Ipv4AddressesPerInterface"] - 1) + 2


def flag(value):
    return "1" if value else "0"


def instance_types(archive):
    columns = ["type", "vcpu", "mib", "arch", "gpus", "accelerators", "device", "current", "metal", "burst",
               "hypervisor", "spot", "maxpods", "network"]
    lines = header("EC2 instance types: what DescribeInstanceTypes says", columns)
    for name, facts in sorted(json.loads(gzip.decompress(archive.read(TYPES))).items()):
        assert name == facts["InstanceType"]
        gpus, accelerators, device = devices(facts)
        lines.append("\t".join([
            name,
            str(facts["VCpuInfo"]["DefaultVCpus"]),
            str(facts["MemoryInfo"]["SizeInMiB"]),
            "arm64" if any(a.startswith("arm64") for a in facts["ProcessorInfo"]["SupportedArchitectures"]) else "x86_64",
            str(gpus),
            str(accelerators),
            device,
            flag(facts["CurrentGeneration"]),
            flag(facts["BareMetal"]),
            flag(facts["BurstablePerformanceSupported"]),
            facts.get("Hypervisor", "-"),
            flag("spot" in facts["SupportedUsageClasses"]),
            str(max_pods(facts["NetworkInfo"])),
            facts["NetworkInfo"]["NetworkPerformance"],
        ]))
    return "\n".join(lines) + "\n"


def offerings(archive):
    """One column per region, headed `region:zone letters`; a cell has one bit per zone."""
    regions = {}
    for path in sorted(archive.namelist()):
        if not path.startswith(OFFERINGS) or not path.endswith(".json.gz"):
            continue
        region = path[len(OFFERINGS):-len(".json.gz")]
        by_type = {}
        for offering in json.loads(gzip.decompress(archive.read(path))):
            zone = offering["Location"]
            assert zone.startswith(region) and len(zone) == len(region) + 1, zone
            by_type.setdefault(offering["InstanceType"], set()).add(zone[-1])
        regions[region] = (sorted(set().union(*by_type.values())), by_type)
    columns = ["type"] + [f"{region}:{''.join(letters)}" for region, (letters, _) in regions.items()]
    lines = header("Availability Zones that offer a type: a bit per zone in the header's order, - for none", columns)
    for name in sorted(set().union(*(by_type for _, by_type in regions.values()))):
        cells = []
        for letters, by_type in regions.values():
            zones = by_type.get(name)
            cells.append("".join(flag(letter in zones) for letter in letters) if zones else "-")
        lines.append("\t".join([name] + cells))
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheel", type=pathlib.Path)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        wheel = options.wheel or fetch(folder)
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        if digest != SHA256:
            sys.exit(f"{wheel.name}: sha256 is {digest}, expected {SHA256}")
        with zipfile.ZipFile(wheel) as archive:
            made = {"instance_types.tsv": instance_types(archive), "offerings.tsv": offerings(archive)}
    different = []
    for name, text in made.items():
        path = DATA / name
        if not path.exists() or path.read_text() != text:
            different.append(name)
            if not options.check:
                DATA.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
        print(f"{name}: {text.count(chr(10)) - 4} types, {len(text)} bytes, {'differs' if name in different else 'same'}")
    if options.check and different:
        sys.exit(1)


if __name__ == "__main__":
    main()
