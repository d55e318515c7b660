#!/usr/bin/env python3
"""Derives src/domain/data/eksctl_schema.txt from the JSON schema that eksctl publishes.

Usage: scripts/maintain/derive_eksctl_schema.py SCHEMA.json [--check]

The published schema is a hint, eksctl's Go types are the truth: CORRECTIONS lists where the two
differ. --check writes nothing and exits 1 when the file in the repository differs.
"""

import hashlib
import json
import pathlib
import sys

DATA = pathlib.Path(__file__).resolve().parents[2] / "src" / "domain" / "data" / "eksctl_schema.txt"
SOURCE = "eksctl 0.230.0, pkg/apis/eksctl.io/v1alpha5/assets/schema.json"
SIMPLE = {"string": "text", "boolean": "bool", "integer": "int", "number": "number"}
# Go types that marshal as text, or as a document of any form.
OPAQUE = {"ARN": "text", "VPCGateway": "text", "InlineDocument": "document", "FluxFlags": "{text}"}
CORRECTIONS = {
    ("NodeGroup", "taints"): "taints",  # a map or a list; the schema knows the list only
    ("ClusterConfig", "identityProviders"): "[OIDCIdentityProvider]",  # the schema forgets that it embeds one
    ("ClusterSubnets", "private"): "{AZSubnetSpec}",
    ("ClusterSubnets", "public"): "{AZSubnetSpec}",
    ("ManagedNodeGroup", "preBootstrapCommands"): "[script]",  # not for the shell that wrote the file
    ("NodeGroup", "preBootstrapCommands"): "[script]",
    ("ManagedNodeGroup", "overrideBootstrapCommand"): "script",
    ("NodeGroup", "overrideBootstrapCommand"): "script",
    ("OIDCIdentityProvider", "type"): "text",
}
DROP = {"AZSubnetMapping", "IdentityProvider", "taintsWrapper", *OPAQUE}


def kind(prop):
    if "$ref" in prop:
        name = prop["$ref"].rsplit("/", 1)[-1]
        return OPAQUE.get(name, "text" if "." in name else name)
    if prop.get("type") == "array":
        return f"[{kind(prop.get('items', {}))}]"
    if prop.get("type") == "object":
        return f"{{{kind(prop['additionalProperties'])}}}"
    return SIMPLE[prop["type"]]


def derive(path):
    raw = pathlib.Path(path).read_bytes()
    types = json.loads(raw)["definitions"]
    lines = [
        "# Every key of an eksctl.io/v1alpha5 ClusterConfig and the type of its value",
        f"# source: {SOURCE}, sha256 {hashlib.sha256(raw).hexdigest()}",
        "# derived by scripts/maintain/derive_eksctl_schema.py; do not edit",
    ]
    for name in sorted(types):
        if name in DROP or "." in name:
            continue
        keys = {key: kind(prop) for key, prop in types[name].get("properties", {}).items()}
        keys |= {key: value for (owner, key), value in CORRECTIONS.items() if owner == name}
        lines.append(name)
        lines += [f"  {key} {keys[key]}" for key in sorted(keys)]
    return "\n".join(lines) + "\n"


text = derive(sys.argv[1])
if "--check" in sys.argv:
    sys.exit(0 if DATA.read_text() == text else f"{DATA} differs")
DATA.write_text(text)
