using System.Text.Json.Serialization;

namespace RfDetr.Tracking;

/// <summary>Something that happened at a line or in a zone.</summary>
/// <param name="Zone">Name of the line or zone.</param>
/// <param name="Time">Time of the event, from the beginning of the stream.</param>
/// <param name="Frame">Number of the frame in which it was noticed, from 0.</param>
/// <param name="TrackId">The object's id.</param>
/// <param name="ClassId">The object's class in that frame.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(LineCrossedEvent), "crossed")]
[JsonDerivedType(typeof(ZoneEnteredEvent), "entered")]
[JsonDerivedType(typeof(ZoneLeftEvent), "left")]
public abstract record ZoneEvent(string Zone, TimeSpan Time, long Frame, int TrackId, int ClassId);

/// <summary>An object crossed a line.</summary>
/// <param name="Zone">Name of the line.</param>
/// <param name="Time">Time of the event, from the beginning of the stream.</param>
/// <param name="Frame">Number of the frame in which it was noticed, from 0.</param>
/// <param name="TrackId">The object's id.</param>
/// <param name="ClassId">The object's class in that frame.</param>
/// <param name="Direction">The side to which the object went.</param>
public sealed record LineCrossedEvent(
    string Zone, TimeSpan Time, long Frame, int TrackId, int ClassId, CrossingDirection Direction)
    : ZoneEvent(Zone, Time, Frame, TrackId, ClassId);

/// <summary>An object came into a polygon, or was first seen there.</summary>
/// <param name="Zone">Name of the zone.</param>
/// <param name="Time">Time of the event, from the beginning of the stream.</param>
/// <param name="Frame">Number of the frame in which it was noticed, from 0.</param>
/// <param name="TrackId">The object's id.</param>
/// <param name="ClassId">The object's class in that frame.</param>
public sealed record ZoneEnteredEvent(string Zone, TimeSpan Time, long Frame, int TrackId, int ClassId)
    : ZoneEvent(Zone, Time, Frame, TrackId, ClassId);

/// <summary>An object left a polygon, or disappeared in it.</summary>
/// <param name="Zone">Name of the zone.</param>
/// <param name="Time">First time outside; if it disappeared, when it was last seen. From the beginning of the stream.</param>
/// <param name="Frame">Number of the frame in which it was noticed, from 0.</param>
/// <param name="TrackId">The object's id.</param>
/// <param name="ClassId">The object's class when it was last seen.</param>
/// <param name="Dwell">Duration of the stay.</param>
/// <param name="Disappeared">True if it disappeared inside instead of walking out.</param>
public sealed record ZoneLeftEvent(
    string Zone, TimeSpan Time, long Frame, int TrackId, int ClassId, TimeSpan Dwell, bool Disappeared)
    : ZoneEvent(Zone, Time, Frame, TrackId, ClassId);

/// <summary>The side to which an object crosses a line, seen along the line from its start to its end.</summary>
public enum CrossingDirection
{
    /// <summary>To the left of the line: upwards over a line drawn from left to right, since y points down.</summary>
    In,

    /// <summary>To the right of the line: downwards over a line drawn from left to right.</summary>
    Out,
}
