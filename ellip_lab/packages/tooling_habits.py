"""What is known of commands by their names: a table a habit, to be made longer."""

from __future__ import annotations

import re

SUBCOMMANDS = {
    "otbcli": 1, "gdal": 2, "rio": 1, "gpt": 1, "pdal": 1, "saga_cmd": 2, "cdo": 1, "stac": 1, "fio": 1,
    "git": 1, "aws": 2, "conda": 1, "docker": 1, "podman": 1, "tar": 1, "openssl": 1, "samtools": 1,
    "bcftools": 1, "bedtools": 1, "kubectl": 1, "magick": 0,
}  # fmt: skip
"""How many words behind the command belong to its name, where they are plain words."""
INTERPRETERS = re.compile(
    r"(python[\d.]*|pypy[\d.]*|Rscript|R|julia|node|perl|ruby|bash|sh|dash|zsh|octave|java)$"
)
"""Programs whose first file is the program."""
BY_WORD = {"python": ("-m", "-c"), "pypy": ("-m", "-c"), "bash": ("-c",), "sh": ("-c",), "dash": ("-c",),
           "zsh": ("-c",), "perl": ("-e",), "ruby": ("-e",), "node": ("-e",), "Rscript": ("-e",), "julia": ("-e",),
           "java": ("-jar", "-cp")}  # fmt: skip
"""Options of interpreters behind which a word says what to do."""
LAST_IS_WRITTEN = frozenset((
    "cp", "mv", "ln", "install", "gdal_translate", "gdalwarp", "gdaldem", "gdal_rasterize", "gdal_polygonize.py",
    "gdal_contour", "gdal_grid", "gdal_sieve.py", "gdal_fillnodata.py", "nearblack", "convert", "magick", "ffmpeg",
    "cwebp", "pdftoppm", "ncks", "nccopy", "cdo", "ogrmerge.py", "rio", "gdal",
))  # fmt: skip
"""Commands that write what they name last, also when it is there already."""
FIRST_IS_WRITTEN = frozenset(("ogr2ogr", "gdalbuildvrt", "gdaltindex", "zip", "7z"))
"""Commands that write what they name first."""
SEVERAL = frozenset((
    "cat", "tar", "zip", "7z", "paste", "wc", "head", "tail", "sha256sum", "sha1sum", "md5sum", "gdal_merge.py",
    "gdalbuildvrt", "gdaltindex", "sort", "ls", "du", "grep",
))  # fmt: skip
"""Commands that take as many files as there are."""
FLAGS = frozenset((
    "verbose", "quiet", "silent", "force", "overwrite", "help", "version", "recursive", "debug", "dry-run", "yes",
    "keep", "reverse", "numeric-sort", "unique", "stdout", "decompress", "fast", "best", "all", "stats", "json",
    "strict", "progress", "human-readable", "ignore-case", "invert-match", "count", "binary", "archive", "update",
    "q", "tap", "nogcp", "sds", "norat", "multi", "nomd", "checksum", "mm", "hist", "separate", "append", "skipfailures",
))  # fmt: skip
"""Options that take no value in nearly every command."""
WRITING = re.compile(r"-{1,2}(o|O|out|outfile|ofile|output|dst|dest|destination|target|to)([-_.]?(file|name|path|dir|"
                     r"directory|folder|prefix|raster|image|vector|dataset|ds|tif|csv|json))?$", re.IGNORECASE)  # fmt: skip
"""Options whose value is written."""
FOLDER = re.compile(r"(dir|directory|folder)$", re.IGNORECASE)
READING = re.compile(r"in|input|file|path|src|source|mask|image|config|conf|aoi|dem|raster|vector|geo|ref|list|xml|"
                     r"template|model|csv|data|cutline|param|from|^-{1,2}[if]$", re.IGNORECASE)  # fmt: skip
"""Options whose value is a file more often than not."""
ARCHIVE = re.compile(r"-[A-Za-z]*f$")
"""tar's bundled options, whose last one names the archive."""
SIDECARS = {
    ".shp": ("^.shx", "^.dbf", "^.prj", "^.cpg"),
    ".img": ("^.hdr", "^.ige"), ".dat": ("^.hdr",), ".bsq": ("^.hdr",), ".bil": ("^.hdr",),
    ".dim": ("^.data",), ".tif": ("^.tfw", ".ovr", ".msk"), ".jp2": ("^.j2w",),
    ".bam": (".bai",), ".fa": (".fai",), ".fasta": (".fai",), ".vcf.gz": (".tbi",),
}  # fmt: skip
"""Files that belong to another, as the patterns of `secondaryFiles`."""
