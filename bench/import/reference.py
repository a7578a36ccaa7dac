"""The other side of the import benchmark: makes a session in NSD's layout, and reads it with nibabel or h5py and numpy.

    python reference.py make FOLDER TRIALS
    python reference.py nifti FOLDER
    python reference.py hdf5 FOLDER

Reading does what our import does: SHA-256 of the inputs, all trials of the voxels in the brain mask divided by 300, voxels without
variance left out, the mean volume, everything written to disk. Prints one JSON line: seconds, trials, voxels, a checksum, peak memory.
"""
import hashlib
import json
import resource
import sys
import time
from pathlib import Path

import numpy as np

SHAPE = (81, 104, 83)  # subject 1 of NSD at 1.8 mm
SCALE = 300


def make(folder, trials):
    import h5py
    import nibabel

    random = np.random.default_rng(1)
    x, y, z = np.meshgrid(*(np.linspace(-1, 1, n, dtype=np.float32) for n in SHAPE), indexing='ij')
    brain = x**2 / 0.75 + y**2 / 0.8 + z**2 / 0.7 < 1
    affine = np.diag([1.8, 1.8, 1.8, 1])
    affine[:3, 3] = [-72.9, -92.7, -74.7]
    image = nibabel.Nifti1Image(brain.astype(np.uint8), affine)
    nibabel.save(image, folder / 'mask.nii.gz')
    base = (300 * random.normal(1, 0.4, SHAPE)).astype(np.float32)
    # Slowest first in memory, as HDF5 sees what MATLAB writes; zero outside the brain, as NSD's files are.
    betas = np.zeros((trials, *SHAPE[::-1]), np.int16)
    inside = brain.transpose(2, 1, 0)
    for t in range(trials):
        volume = base + 400 * random.standard_normal(SHAPE, dtype=np.float32)
        betas[t][inside] = volume.transpose(2, 1, 0)[inside].astype(np.int16)
    with h5py.File(folder / 'betas.hdf5', 'w') as file:
        file.create_dataset('betas', data=betas, chunks=(trials, 1, 1, 1))
    header = nibabel.Nifti1Header()
    header.set_data_dtype(np.int16)
    nibabel.save(nibabel.Nifti1Image(betas.transpose(3, 2, 1, 0), affine, header), folder / 'betas.nii.gz')
    lines = [f'{"ab"[t % 2]}\t{1 + t * 12 // trials}' for t in range(trials)]
    (folder / 'trials.tsv').write_text('label\trun\n' + '\n'.join(lines) + '\n')


def sha256(path):
    digest = hashlib.sha256()
    with open(path, 'rb') as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def finish(folder, name, data, mean, brain):
    """data: trials x voxels float32 of the voxels in the brain, in C order of (x, y, z)."""
    deviation = data.std(axis=0, dtype=np.float64)
    kept = deviation > 1e-6 * np.maximum(1, np.abs(data.mean(axis=0, dtype=np.float64)))
    if not kept.all():
        data = data[:, kept]
    out = folder / f'{name}.npy'
    np.save(out, data)
    np.save(folder / f'{name}-mean.npy', mean)
    return data


def nifti(folder):
    import nibabel

    brain = np.asanyarray(nibabel.load(folder / 'mask.nii.gz').dataobj) > 0
    sha256(folder / 'betas.nii.gz')
    stored = np.asanyarray(nibabel.load(folder / 'betas.nii.gz').dataobj)
    mean = stored.mean(axis=3, dtype=np.float32) / SCALE
    data = (stored[brain].T / np.float32(SCALE)).astype(np.float32)
    return finish(folder, 'nifti', data, mean, brain)


def hdf5(folder):
    import h5py
    import nibabel

    brain = np.asanyarray(nibabel.load(folder / 'mask.nii.gz').dataobj) > 0
    sha256(folder / 'betas.hdf5')
    places = np.nonzero(brain)
    with h5py.File(folder / 'betas.hdf5', 'r') as file:
        betas = file['betas']
        mean = np.zeros(SHAPE[::-1], np.float32)
        data = np.empty((betas.shape[0], len(places[0])), np.float32)
        # Slice by slice: the whole array at once takes h5py longer and several times the memory.
        for z in np.unique(places[2]):
            stored = betas[:, z]
            mean[z] = stored.mean(axis=0, dtype=np.float32) / SCALE
            here = places[2] == z
            data[:, here] = stored[:, places[1][here], places[0][here]] / np.float32(SCALE)
    return finish(folder, 'hdf5', data, mean, brain)


def main():
    command, folder = sys.argv[1], Path(sys.argv[2])
    if command == 'make':
        make(folder, int(sys.argv[3]))
        return
    start = time.perf_counter()
    data = {'nifti': nifti, 'hdf5': hdf5}[command](folder)
    seconds = time.perf_counter() - start
    checksum = float(data.sum(dtype=np.float64))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({'seconds': seconds, 'trials': data.shape[0], 'voxels': data.shape[1], 'checksum': checksum, 'peakBytes': peak}))


main()
