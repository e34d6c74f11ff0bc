cwlVersion: v1.2
$graph:
- class: Workflow
  id: water
  label: Water bodies
  requirements:
    ScatterFeatureRequirement: {}
    InlineJavascriptRequirement: {}
    NetworkAccess: {networkAccess: true}
  inputs:
    item: {type: string, label: STAC Item, doc: Its address.}
    aoi: {type: string, doc: 'xmin,ymin,xmax,ymax'}
    bands: {type: 'string[]', default: [green, nir]}
  outputs:
    catalogue: {type: Directory, outputSource: publish/catalogue}
  steps:
    crop:
      run: '#crop'
      scatter: band
      in: {item: item, aoi: aoi, band: bands}
      out: [raster]
    index: {run: '#index', in: {rasters: crop/raster}, out: [raster]}
    threshold: {run: '#threshold', in: {source: index/raster}, out: [raster]}
    clean: {run: '#clean', in: {source: threshold/raster}, out: [raster]}
    publish: {run: '#publish', in: {item: item, source: clean/raster}, out: [catalogue]}
- class: CommandLineTool
  id: crop
  requirements: &eo
    InlineJavascriptRequirement: {}
    DockerRequirement: {dockerPull: localhost/eo:1}
  baseCommand: crop
  arguments: ['$(inputs.aoi.split(",")[0])', '$(inputs.band)']
  inputs: {item: string, aoi: string, band: string}
  outputs: {raster: {type: File, outputBinding: {glob: '*.tif'}}}
- class: CommandLineTool
  id: index
  requirements: *eo
  baseCommand: index
  arguments: ['$(inputs.rasters.length)']
  inputs: {rasters: 'File[]'}
  outputs: {raster: {type: File, outputBinding: {glob: '*.tif'}}}
- class: CommandLineTool
  id: threshold
  requirements: *eo
  baseCommand: threshold
  arguments: ['$(inputs.source.basename)']
  inputs: {source: File}
  outputs: {raster: {type: File, outputBinding: {glob: '*.tif'}}}
- class: CommandLineTool
  id: clean
  requirements: *eo
  baseCommand: clean
  arguments: ['$(inputs.source.nameroot + "-clean.tif")']
  inputs: {source: File}
  outputs: {raster: {type: File, outputBinding: {glob: '*.tif'}}}
- class: CommandLineTool
  id: publish
  requirements: *eo
  baseCommand: publish
  arguments: ['${ return inputs.item; }']
  inputs: {item: string, source: File}
  outputs: {catalogue: {type: Directory, outputBinding: {glob: .}}}
