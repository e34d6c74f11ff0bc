#!/usr/bin/env cwltool
cwlVersion: v1.2
class: CommandLineTool
id: stretch
label: Stretch a raster
doc: |
  Stretches the values of a raster,
  between two percentiles.
requirements:
  InlineJavascriptRequirement: {}
  DockerRequirement:
    dockerPull: docker.io/osgeo/gdal:3.9
  EnvVarRequirement:
    envDef:
      GDAL_CACHEMAX: $(runtime.ram)
  ResourceRequirement:
    coresMin: 2
    ramMin: 2048
  InitialWorkDirRequirement:
    listing:
      - entryname: options.txt
        entry: $(inputs.creation.join("\n"))
hints:
  - class: NetworkAccess
    networkAccess: false
baseCommand: [gdal_translate, -q]
arguments:
  - prefix: -of
    valueFrom: COG
  - valueFrom: ${ return inputs.raster.nameroot + "-" + inputs.low; }
    position: 9
  - $(inputs.raster.basename)
inputs:
  raster:
    type: File
    label: The raster
    format: http://edamontology.org/format_3591
    secondaryFiles: [.aux.xml?]
    inputBinding:
      position: 1
  low:
    type: float
    default: 2.0
    inputBinding: {prefix: --low, separate: true}
  high:
    type: float?
    inputBinding:
      prefix: --high
  creation:
    type: string[]
    default: [COMPRESS=DEFLATE]
  resampling:
    type:
      type: enum
      symbols: [nearest, bilinear, cubic]
    default: nearest
    inputBinding: {prefix: -r}
  verbose:
    type: boolean
    default: false
    inputBinding: {prefix: --verbose}
outputs:
  stretched:
    type: File
    outputBinding:
      glob: $(inputs.raster.nameroot)-*.tif
  log:
    type: stdout
  count:
    type: int
    outputBinding:
      glob: count.txt
      loadContents: true
      outputEval: $(parseInt(self[0].contents))
stdout: stretch.log
successCodes: [0, 3]
