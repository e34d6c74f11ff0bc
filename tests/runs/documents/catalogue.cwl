cwlVersion: v1.2
class: CommandLineTool
requirements:
  InitialWorkDirRequirement:
    listing:
      - entryname: make.py
        entry: |
          import json, pathlib, struct, sys, zlib
          out = pathlib.Path("catalog"); out.mkdir()
          item = {"type": "Feature", "stac_version": "1.0.0", "id": "one", "geometry": None, "links": [],
                  "properties": {"datetime": "2026-01-01T00:00:00Z"}, "assets": {"picture": {"href": "./picture.png"}}}
          (out / "one.json").write_text(json.dumps(item))
          (out / "catalog.json").write_text(json.dumps({
              "type": "Catalog", "stac_version": "1.0.0", "id": "made", "description": "Made by a test",
              "links": [{"rel": "root", "href": "./catalog.json"}, {"rel": "item", "href": "./one.json"}]}))
          def chunk(kind, data):
              return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
          rows = b"".join(b"\0" + bytes(range(64)) for _ in range(64))
          (out / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 0, 0, 0, 0))
                                            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
baseCommand: [python3, make.py]
inputs: []
outputs:
  catalog: {type: Directory, outputBinding: {glob: catalog}}
