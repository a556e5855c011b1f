using System.Text;

namespace RfDetr;

/// <summary>
/// One call of a libvips operation by name: set properties, <see cref="Run"/>, take the outputs. This is GObject's
/// own interface, so operations and options of any libvips version are reached without a declaration for each.
/// </summary>
internal sealed unsafe class VipsOperation : VipsObjectHandle
{
    private readonly string _name;
    private readonly VipsApi _api = Libvips.Api;

    public VipsOperation(string name) : base(Create(name)) => _name = name;

    public VipsOperation With(string property, int value)
    {
        GValue box = default;
        _api.ValueInit(&box, GValue.Int);   // GObject transforms it where the property is an enumeration
        _api.ValueSetInt(&box, value);
        return Set(property, &box);
    }

    public VipsOperation With(string property, bool value)
    {
        GValue box = default;
        _api.ValueInit(&box, GValue.Boolean);
        _api.ValueSetBoolean(&box, value ? 1 : 0);
        return Set(property, &box);
    }

    public VipsOperation With(string property, string value)
    {
        GValue box = default;
        _api.ValueInit(&box, GValue.String);
        fixed (byte* text = Utf8(value))
            _api.ValueSetString(&box, text);
        return Set(property, &box);
    }

    public VipsOperation With(string property, VipsImageHandle image)
    {
        GValue box = default;
        _api.ValueInit(&box, _api.ImageType);
        _api.ValueSetObject(&box, image.Pointer);
        return Set(property, &box);
    }

    /// <summary>Lends bytes to the operation; they must stay pinned until its images are gone.</summary>
    public VipsOperation With(string property, byte* bytes, int length)
    {
        GValue box = default;
        nint blob = _api.BlobNew(null, bytes, (nuint)length);
        _api.ValueInit(&box, _api.BlobType);
        _api.ValueSetBoxed(&box, blob);
        _api.AreaUnref(blob);
        return Set(property, &box);
    }

    /// <exception cref="VipsException">The operation refused its inputs.</exception>
    public VipsOperation Run()
    {
        nint operation = handle;
        int failed = _api.OperationBuild(&operation);
        SetHandle(operation);
        return failed == 0 ? this : throw new VipsException(_name, _api.TakeError());
    }

    public VipsImageHandle TakeImage(string property = "out")
    {
        GValue box = default;
        _api.ValueInit(&box, _api.ImageType);
        Get(property, &box);
        nint image = _api.ObjectRef(_api.ValueGetObject(&box));
        _api.ValueUnset(&box);
        return new VipsImageHandle(image);
    }

    /// <summary>Copies the bytes an operation wrote (its <c>buffer</c> output).</summary>
    public byte[] TakeBytes(string property = "buffer")
    {
        GValue box = default;
        _api.ValueInit(&box, _api.BlobType);
        Get(property, &box);
        nuint length;
        void* bytes = _api.BlobGet(_api.ValueGetBoxed(&box), &length);
        byte[] copy = new ReadOnlySpan<byte>(bytes, checked((int)length)).ToArray();
        _api.ValueUnset(&box);
        return copy;
    }

    protected override bool ReleaseHandle()
    {
        _api.UnrefOutputs(handle);
        return base.ReleaseHandle();
    }

    private static nint Create(string name)
    {
        fixed (byte* text = Utf8(name))
        {
            nint operation = Libvips.Api.OperationNew(text);
            return operation != 0 ? operation : throw new VipsException(name, Libvips.Api.TakeError());
        }
    }

    private VipsOperation Set(string property, GValue* box)
    {
        fixed (byte* name = Utf8(property))
            _api.ObjectSet(handle, name, box);
        _api.ValueUnset(box);
        return this;
    }

    private void Get(string property, GValue* box)
    {
        fixed (byte* name = Utf8(property))
            _api.ObjectGet(handle, name, box);
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text + '\0');
}
