cwlVersion: v1.0
$graph:
- class: CommandLineTool
  id: crop-cl
  requirements:
    InlineJavascriptRequirement: {}
    DockerRequirement:
      dockerPull: docker.io/osgeo/gdal
  baseCommand: gdal_translate
  arguments:
  - -projwin
  - valueFrom: ${ return inputs.bbox.split(",")[0]; }
  - valueFrom: ${ return inputs.bbox.split(",")[3]; }
  - valueFrom: ${ return inputs.bbox.split(",")[2]; }
  - valueFrom: ${ return inputs.bbox.split(",")[1]; }
  - -projwin_srs
  - EPSG:4326
  - valueFrom: /vsicurl/$(inputs.cog)
  - cropped.tif
  inputs:
    cog: {type: string}
    bbox: {type: string}
  outputs:
    cropped:
      type: File
      outputBinding: {glob: '*.tif'}
