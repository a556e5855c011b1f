using System.Buffers;
using System.IO.MemoryMappedFiles;
using System.Runtime.CompilerServices;

namespace RfDetr.Checkpoints;

/// <summary>A file mapped into memory for reading; pages are fetched when they are touched.</summary>
/// <remarks>
/// Unmapping is deterministic, never by a finalizer: a span does not keep its owner alive, and memory that vanishes
/// below one is a crash. After <see cref="Dispose"/> new accesses throw; pinned views stay until they are unpinned.
/// </remarks>
internal sealed unsafe class MappedFile : FileBytes
{
    private readonly Lock _gate = new();
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private byte* _start;
    private int _pins;
    private bool _disposed;

    private MappedFile(string name, long length, MemoryMappedFile file)
        : base(name, length)
    {
        _file = file;
        _view = file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _start += _view.PointerOffset;
    }

    /// <summary>Opens and maps a file that is not empty.</summary>
    public static MappedFile Open(string path, string name)
    {
        // Others may replace or delete the file meanwhile; writing into it in place is theirs to avoid.
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        try
        {
            long length = stream.Length;
            if (length == 0)
                throw new CheckpointFormatException($"{name} is empty (0 bytes); download or copy it again");
            var file = MemoryMappedFile.CreateFromFile(
                stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
            return new MappedFile(name, length, file);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    public override void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
            if (_pins == 0)
                Unmap();
        }
    }

    protected override ReadOnlyMemory<byte> View(long offset, int length)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new Window(this, offset, length).Memory;
    }

    private void Unmap()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    private void Unpin()
    {
        lock (_gate)
        {
            if (--_pins == 0 && _disposed)
                Unmap();
        }
    }

    /// <summary>One range of the mapping as memory.</summary>
    private sealed class Window(MappedFile owner, long offset, int length) : MemoryManager<byte>
    {
        public override Span<byte> GetSpan()
        {
            if (owner._disposed)
                ThrowDisposed();
            return new Span<byte>(owner._start + offset, length);
        }

        public override MemoryHandle Pin(int elementIndex = 0)
        {
            lock (owner._gate)
            {
                if (owner._disposed)
                    ThrowDisposed();
                owner._pins++;
            }

            return new MemoryHandle(owner._start + offset + elementIndex, default, this);
        }

        public override void Unpin() => owner.Unpin();

        protected override void Dispose(bool disposing)
        {
            // The mapping belongs to the checkpoint.
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private void ThrowDisposed() => throw new ObjectDisposedException(
            owner.Name,
            $"the tensors of {owner.Name} are views of the file and end with the checkpoint; copy what must outlive it");
    }
}
