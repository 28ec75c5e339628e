import type { Provenance } from '#lib/distribution/attached/attached-document.ts';
import { TextTable } from '../explorer/text-table.tsx';
import { countOf } from '../ui/format-number.ts';
import { FactRow, MaybeLink, Mono, Part } from './parts.tsx';

/** What a build says about itself. */
export function ProvenanceFacts({ provenance }: { provenance: Provenance }) {
  const { source, commit, parameters, materials, materialCount } = provenance;
  return (
    <>
      <dl className="grid gap-x-8 gap-y-3 text-sm sm:grid-cols-2">
        <FactRow term="Source">{source && <MaybeLink link={source} />}</FactRow>
        <FactRow term="Commit">{commit && <MaybeLink link={commit} />}</FactRow>
        <FactRow term="Builder">{provenance.builder && <Mono text={provenance.builder} />}</FactRow>
        <FactRow term="Build type">{provenance.buildType && <Mono text={provenance.buildType} />}</FactRow>
        <FactRow term="Build">{provenance.invocation && <Mono text={provenance.invocation} />}</FactRow>
        <FactRow term="Started">{provenance.startedAt && <Mono text={provenance.startedAt} />}</FactRow>
        <FactRow term="Finished">{provenance.finishedAt && <Mono text={provenance.finishedAt} />}</FactRow>
        <FactRow term="Format">{provenance.format}</FactRow>
      </dl>
      {parameters.length > 0 && (
        <Part title="Parameters">
          <TextTable head={['Parameter', 'Value']} label="Build parameters" rows={parameters} />
        </Part>
      )}
      {materialCount > 0 && (
        <Part title={`Built from ${countOf(materialCount, 'material')}`}>
          <TextTable
            head={['Material', 'Digest']}
            label="Materials"
            rows={materials.map(({ uri, digest }) => [uri, digest])}
          />
        </Part>
      )}
    </>
  );
}
